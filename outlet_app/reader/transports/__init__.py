"""How bytes reach a reader. Transports do not know each other.

One more line that carries SAM_V frames is one file here, with a function
``open_link(address, timeout_s)`` that gives a ByteLink, and one line in LINKS.
"""

LINKS = {
    "tcp": "outlet_app.reader.transports.tcp_socket",
}
"""Module by the scheme of its ports, for lines without a rate of their own; loaded when a port names it."""
