"""Which layer of the link fails, in the few words that a status strip has room for."""

from outlet_app.domain.failures import FailureCode as F
from outlet_app.i18n import N_, _
from outlet_app.texts.failures import failure_text

_TEXTS: dict[F, str] = {
    F.NETWORK_UNREACHABLE: N_("no network"),
    F.SERVER_NAME_UNKNOWN: N_("server name not found"),
    F.SERVER_REFUSED_CONNECTION: N_("server takes no connections"),
    F.SERVER_TIMEOUT: N_("server does not answer"),
    F.SERVER_TLS_FAILED: N_("secure connection fails"),
    F.SERVER_NOT_OURS: N_("not the operator's server: log in to the network?"),
    F.SERVER_ERROR: N_("fault at the server"),
    F.SERVER_BUSY: N_("server is busy"),
    F.SERVER_ANSWER_MALFORMED: N_("answer not understood"),
    F.SERVER_SIGNATURE_WRONG: N_("answer not signed by the operator"),
    F.SERVER_REFUSED_REQUEST: N_("server refuses this terminal"),
    F.TERMINAL_REVOKED: N_("terminal revoked by the operator"),
    F.RECEIPT_REFUSED: N_("a receipt does not fit"),
    F.NOT_ENROLLED: N_("not enrolled"),
}

_LAYERS = {
    "limits": N_("Limits of the settings"),
    "network": N_("Network"),
    "name": N_("Name of the server"),
    "connection": N_("Connection"),
    "tls": N_("Secure connection"),
    "page": N_("No login page in between"),
    "server": N_("Operator's server"),
    "login": N_("This terminal at the operator"),
    "policy": N_("Rules in force"),
}


def layer_name(layer: str) -> str:
    """A layer of the link as people call it."""
    return _(_LAYERS[layer])


def link_layer_text(code: F) -> str:
    """A few words for a failure of the link; the whole sentence for any other."""
    return _(_TEXTS[code]) if code in _TEXTS else failure_text(code).what
