"""What codes mean to people: one sentence of what happened, one of what to do, in the language in force."""
