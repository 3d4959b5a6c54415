"""What a web configuration says, and every way in which it can be wrong, with its line and without its secrets."""

from __future__ import annotations

import re

import pytest

from netmon.errors import ConfigError
from netmon.exporter.access.web_config import ClientAuth, WebConfig, parse_web_config
from tests.rows import every_row

HASH = "$2b$10$2iqWKK1mGQRAz6LTWNl5JOIdmuDCUghF4/XqPLHFxVWZOT9i0FiHO"
PLANTED = "sangat-rahasia"
GOOD = f"""\
tls_server_config:
  cert_file: noc.pem
  key_file: noc.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.pem
  min_version: TLS13
  cipher_suites: [TLS_AES_128_GCM_SHA256]
http_server_config:
  http2: true
  headers: {{Strict-Transport-Security: max-age=31536000}}
basic_auth_users:
  prometheus: {HASH}
"""


def test_everything_that_it_may_say() -> None:
    config = parse_web_config(GOOD, "web.yaml")
    assert config.tls is not None
    assert (config.tls.cert_file, config.tls.key_file, config.tls.client_ca_file) == ("noc.pem", "noc.key", "ca.pem")
    assert config.tls.client_auth is ClientAuth.REQUIRED
    assert (config.tls.min_version, config.tls.max_version) == ("TLS13", "TLS13")
    assert config.users == {"prometheus": HASH.encode()}
    assert config.headers == (("strict-transport-security", "max-age=31536000"),)
    assert HASH not in repr(config)


@pytest.mark.parametrize("text", ["", "{}", "# nothing\n"])
def test_an_empty_file_asks_for_nothing(text: str) -> None:
    assert parse_web_config(text, "web.yaml") == WebConfig()


def test_ciphers_have_the_names_of_openssl() -> None:
    text = "tls_server_config: {cert_file: a, key_file: b, cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]}"
    config = parse_web_config(text, "web.yaml")
    assert config.tls is not None
    assert config.tls.ciphers == ("ECDHE-RSA-AES128-GCM-SHA256",)


BAD = {
    "tls_server_config: {cert_file: a}": "1: tls_server_config needs key_file",
    "\ntls_server_config:\n  cert_file: a\n  key_file: b\n  min_version: TLS10": "5: .* must be one of TLS12, TLS13",
    "tls_server_config:\n  cert_file: a\n  key_fil: b": '3: unknown key .*did you mean "key_file"',
    "tls_server_config:\n  cert_file: a\n  key_file: b\n  client_ca_file: c": "1: client_ca_file is given, but",
    "tls_server_config:\n  cert_file: a\n  key_file: b\n  client_auth_type: RequireAndVerifyClientCert": (
        "4: client_auth_type RequireAndVerifyClientCert needs client_ca_file"
    ),
    "tls_server_config:\n  cert_file: a\n  key_file: b\n  client_auth_type: RequireAnyClientCert": (
        "4: .* without checking them, which netmon does not"
    ),
    "tls_server_config:\n  cert_file: a\n  key_file: b\n  client_auth_type: No": "4: client_auth_type must be one of",
    "tls_server_config:\n  cert_file: a\n  key_file: b\n  min_version: TLS13\n  max_version: TLS12": "5: .* is older",
    "tls_server_config:\n  cert_file: a\n  key_file: b\n  min_version: TLS13\n  cipher_suites: [TLS_RSA_WITH_RC4]": (
        "5: cipher suite .* is not one that netmon speaks"
    ),
    "tls_server_config:\n  cert_file: a\n  key_file: b\n  cipher_suites: [TLS_AES_128_GCM_SHA256]": (
        "4: cipher_suites leaves none for TLS 1.2"
    ),
    "tls_server_config:\n  cert_file: a\n  key_file: b\n  curve_preferences: [P521]": "4: unknown key",
    "http_server_config:\n  headers: {Server: x}": "2: header .* cannot be set",
    'http_server_config:\n  headers:\n    X-Frame-Options: "a\\r\\nSet-Cookie: b"': "3: .* not one line of ASCII",
    "- tls": "1: must be a mapping",
    "basic_auth_users: [a]": "1: basic_auth_users must be a mapping",
    "tls_server_config: {": "1: not YAML",
}


@every_row("text", BAD)
def test_what_is_wrong_is_said_with_its_line(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_web_config(text, "web.yaml")
    (problem,) = refused.value.problems
    assert problem.file == "web.yaml"
    assert re.search(f"^web.yaml:{BAD[text]}", str(problem)), str(problem)


@every_row(
    ("user", "line"),
    [
        (f"a: {PLANTED}", "2: the value of user 1 of basic_auth_users is not a bcrypt hash"),
        (f"a: [{PLANTED}]", "2: the value of user 1"),
        (f"a: {HASH}{PLANTED}", "2: the value of user 1"),
        (f'"{PLANTED}:b": {HASH}', "2: the name of user 1"),
        (f"a: {HASH.replace('$10$', '$31$')}", r"2: the hash of user 1 .* costs 2\^31"),
        (f"a: 5\n  {PLANTED}: 7", "2: the value of user 1"),
    ],
)
def test_a_wrong_user_is_named_by_number_and_nothing_of_it_is_shown(user: str, line: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_web_config(f"basic_auth_users:\n  {user}\n", "web.yaml")
    said = "\n".join(map(str, (refused.value, *refused.value.problems, repr(refused.value.problems))))
    assert re.search(line, said)
    assert PLANTED not in said
    assert HASH[-20:] not in said


def test_everything_wrong_is_said_at_once() -> None:
    text = "basic_auth_users:\n  a: b\nhttp_server_config: {headers: {Via: x}}\ntls_server_config: {cert_file: a}\n"
    with pytest.raises(ConfigError) as refused:
        parse_web_config(text, "web.yaml")
    assert [problem.line for problem in refused.value.problems] == [2, 3, 4]
    assert str(refused.value) == "web.yaml cannot be used as a web configuration: 3 errors"
