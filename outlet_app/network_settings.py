"""Proxy and certificate authorities of the settings, put where ``requests`` looks for them: the environment.

The settings come before what the system says; without them that holds.
"""

import ssl
from collections.abc import MutableMapping

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.settings import Settings

_PROXY_NAMES = ("HTTPS_PROXY", "https_proxy")
_AUTHORITIES_NAME = "REQUESTS_CA_BUNDLE"


def use_network_settings(settings: Settings, environ: MutableMapping[str, str]) -> None:
    """From here on ``https`` goes through the proxy and trusts the authorities that the settings name.

    KnownFailure SETTINGS_MALFORMED when the file of authorities cannot be read or holds no certificate.
    """
    if settings.proxy:
        environ.update(dict.fromkeys(_PROXY_NAMES, settings.proxy))
    file = settings.authorities
    if file is None:
        return
    try:
        ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as exc:
        where = f"{settings.origins['network.authorities']}, network.authorities"
        raise KnownFailure(FailureCode.SETTINGS_MALFORMED, f"{where}: no certificates in {file}") from exc
    environ[_AUTHORITIES_NAME] = str(file)
