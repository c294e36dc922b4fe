"""What is on a card: text blocks and code tables. Pure functions over bytes."""
