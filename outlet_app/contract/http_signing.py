"""Signed requests: HTTP Message Signatures (RFC 9421) over method, path, content digest and a server's nonce.

No wall clock takes part: ``created``, which the signing library always
writes, is the epoch, and freshness comes from the nonce alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

TAG = "outlet-app"
_COVERED = ("@method", "@path", "content-digest")
_EPOCH = datetime.fromtimestamp(0, tz=UTC)


@dataclass(slots=True)
class SignableRequest:
    """What the signing library needs of a request; ``url`` is absolute, ``headers`` change in place."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Who signed a request, and the server's nonce within the signature."""

    terminal: str
    nonce: str


class RequestSignatureWrong(Exception):  # noqa: N818 - it describes the request
    """The request is not signed by a terminal that we know, or not over what it carries."""


def sign_request(
    key: Ed25519PrivateKey, terminal: str, nonce: str, request: SignableRequest, body: bytes
) -> dict[str, str]:
    """Headers to send: Content-Digest, Signature-Input and Signature over the request and body."""
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Resolver(private=key))
    signer.sign(
        request,
        key_id=terminal,
        created=_EPOCH,
        nonce=nonce,
        tag=TAG,
        label="outlet",
        covered_component_ids=_COVERED[:2],
        body=body,
    )
    return request.headers


def verify_request(
    find_key: Callable[[str], bytes | None], request: SignableRequest, body: bytes
) -> SignedBy:
    """Who signed, over which nonce; the nonce is the caller's to check, once.

    ``find_key`` gives a terminal's public key (32 raw bytes) or None.
    RequestSignatureWrong for anything that is not signed as agreed.
    """
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.ED25519, key_resolver=_Resolver(find=find_key)
    )
    try:
        results = verifier.verify(
            request, max_age=None, expect_tag=TAG, require_components=_COVERED, body=body
        )
    except (InvalidSignature, ValueError) as exc:
        raise RequestSignatureWrong from exc
    if len(results) != 1 or not isinstance(results[0].nonce, str):
        raise RequestSignatureWrong
    return SignedBy(str(results[0].parameters["keyid"]), results[0].nonce)


class _Resolver(HTTPSignatureKeyResolver):
    def __init__(
        self,
        *,
        private: Ed25519PrivateKey | None = None,
        find: Callable[[str], bytes | None] | None = None,
    ) -> None:
        self._private = private
        self._find = find

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        assert self._private is not None, f"no private key for {key_id}"
        return self._private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        found = self._find(key_id) if self._find else None
        return None if found is None else Ed25519PublicKey.from_public_bytes(found)
