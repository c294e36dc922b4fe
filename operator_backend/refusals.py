"""A whole request that is refused, and the HTTP status that says so."""

from outlet_app.contract.api import RequestRefusal

STATUS: dict[RequestRefusal, int] = {
    RequestRefusal.MALFORMED: 400,
    RequestRefusal.SIGNATURE_WRONG: 401,
    RequestRefusal.NONCE_STALE: 401,
    RequestRefusal.TERMINAL_REVOKED: 403,
    RequestRefusal.CODE_WRONG: 403,
    RequestRefusal.CODE_USED: 409,
    RequestRefusal.CODE_EXPIRED: 410,
    RequestRefusal.ROOT_DIFFERS: 409,
    RequestRefusal.TOO_LARGE: 413,
}


class RequestRefused(Exception):  # noqa: N818 - it describes the request
    """The request is answered with a 4xx status and this refusal's code."""

    def __init__(self, refusal: RequestRefusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
