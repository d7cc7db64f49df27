"""The weaknesses that the security auditor reports under, each with its number in MITRE's list (CWE)."""

from __future__ import annotations

from reviewers.reviewer import Rule

WEAKNESSES = (
    Rule(
        name="injection",
        summary="Outside text becomes part of a query, template, header or log record.",
        help="Bind values as parameters; take names and operators from a fixed set.",
        cwe="CWE-74",
    ),
    Rule(
        name="command-injection",
        summary="Outside text becomes part of a shell command or an option of a program.",
        help="Pass a list of arguments without a shell, and put -- before values from outside.",
        cwe="CWE-78",
    ),
    Rule(
        name="code-injection",
        summary="Outside text is evaluated as code.",
        help="Parse data as data (JSON, literals), and choose behaviour from a fixed table.",
        cwe="CWE-94",
    ),
    Rule(
        name="path-traversal",
        summary="Outside text decides a path and can leave the intended folder.",
        help="Resolve the path and check that it is inside the folder, or look the name up in a fixed set.",
        cwe="CWE-22",
    ),
    Rule(
        name="cross-site-scripting",
        summary="Outside text reaches a page as markup or script.",
        help="Let the template escape it, set text instead of HTML, or sanitise with an allow-list.",
        cwe="CWE-79",
    ),
    Rule(
        name="request-forgery",
        summary="The server sends a request, or obeys one, that somebody else chose.",
        help="Allow known hosts only, resolve and refuse private addresses, and keep CSRF protection on.",
        cwe="CWE-918",
    ),
    Rule(
        name="unsafe-deserialization",
        summary="Data from outside is deserialised in a format that can run code.",
        help="Use a data-only format (JSON, safe_load) and validate it.",
        cwe="CWE-502",
    ),
    Rule(
        name="hardcoded-secret",
        summary="A credential stands in the code.",
        help="Revoke the credential, read its successor from the environment or a secret store.",
        cwe="CWE-798",
    ),
    Rule(
        name="weak-cryptography",
        summary="Security depends on a broken algorithm, mode or parameter.",
        help="Use authenticated encryption, SHA-256 or better, and a slow salted hash for passwords.",
        cwe="CWE-327",
    ),
    Rule(
        name="weak-randomness",
        summary="A secret value comes from a predictable generator.",
        help="Use the cryptographic generator of the language: secrets, crypto.randomBytes, SecureRandom.",
        cwe="CWE-330",
    ),
    Rule(
        name="broken-authentication",
        summary="An identity or a token is accepted without sufficient proof.",
        help="Verify signature, algorithm, audience and expiry, and compare secrets in constant time.",
        cwe="CWE-287",
    ),
    Rule(
        name="missing-authorization",
        summary="A user reaches an object or action that they have no right to.",
        help="Check the caller's right to this very object on the server, before reading or changing it.",
        cwe="CWE-862",
    ),
    Rule(
        name="information-exposure",
        summary="Secrets, personal data or internals reach somebody who should not see them.",
        help="Keep secrets and personal data out of what others can read, and answer errors with a generic text.",
        cwe="CWE-200",
    ),
    Rule(
        name="insecure-transport",
        summary="Data or code travels without encryption or without checking the peer.",
        help="Use TLS with verification; add a private certificate authority to the trust store instead.",
        cwe="CWE-319",
    ),
    Rule(
        name="insecure-permissions",
        summary="A file, socket, bucket or role is open to more people than it should be.",
        help="Give the owner alone what is needed (0600, 0700), and name the principals that may access it.",
        cwe="CWE-732",
    ),
    Rule(
        name="insecure-temp-file",
        summary="A temporary file has a name that others can predict or claim first.",
        help="Create the file exclusively, through tempfile, mkstemp or the like.",
        cwe="CWE-377",
    ),
    Rule(
        name="xml-external-entity",
        summary="An XML parser resolves entities of outside documents.",
        help="Switch off DTDs and external entities, or use a hardened parser.",
        cwe="CWE-611",
    ),
    Rule(
        name="open-redirect",
        summary="Outside text decides which host a user is sent to.",
        help="Redirect to paths of your own only, parsed and checked, or to a fixed list of hosts.",
        cwe="CWE-601",
    ),
    Rule(
        name="resource-exhaustion",
        summary="Cheap input from outside costs unbounded time, memory, disk or money.",
        help="Limit size, count, depth and time before the work begins.",
        cwe="CWE-400",
    ),
    Rule(
        name="race-condition",
        summary="An attacker can act between a check and the use that relies on it.",
        help="Make check and use one atomic step: a transaction, a lock, a conditional update.",
        cwe="CWE-362",
    ),
    Rule(
        name="supply-chain",
        summary="Code from elsewhere runs here without being pinned or verified.",
        help="Pin to a commit hash or digest, verify checksums, and install from the expected source.",
        cwe="CWE-829",
    ),
    Rule(
        name="workflow-injection",
        summary="Text or code from a pull request runs inside a privileged workflow.",
        help="Pass the text through env and quote it; never run a fork's code where secrets are.",
        cwe="CWE-94",
    ),
    Rule(
        name="excessive-permissions",
        summary="A token, role, container or workflow has rights that its work does not need.",
        help="Start from none and grant each right where it is used.",
        cwe="CWE-250",
    ),
    Rule(
        name="insecure-configuration",
        summary="A setting switches a protection off in what goes to production.",
        help="Make the safe value the default, and let development opt out explicitly.",
        cwe="CWE-1188",
    ),
    Rule(
        name="prompt-injection",
        summary="Outside text steers a model, or a model's answer acts unchecked.",
        help="Fence the text as data, and let answers choose only from checked, harmless actions.",
        cwe="CWE-1427",
    ),
    Rule(
        name="reviewer-instruction",
        summary="Text in the change tells whoever reviews it what to answer.",
        help="Take the text out, and ask its author what it is for; nothing of it was obeyed.",
        cwe="CWE-1427",
    ),
    Rule(
        name="hidden-text",
        summary="Characters that nobody sees carry text, or make code read otherwise than it runs.",
        help="Take the characters out, or write them as escapes where the program needs them.",
        cwe="CWE-1007",
    ),
    Rule(
        name="memory-safety",
        summary="Memory is read or written outside what is allocated and alive.",
        help="Check lengths before use, give each allocation one owner, and use bounded operations.",
        cwe="CWE-119",
    ),
)
