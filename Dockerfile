# One image for all of Quartet: `docker run … quartet-review up`, `web`, `worker`, `review`; docs/deploy/ shows each.
# The base is named by what is in it, not by a tag that moves; what pip installs is in constraints.txt. Python is 3.12, the
# newest for which there is a wheel of the Redis that `quartet up` brings.

FROM python:3.12.13-slim-bookworm@sha256:4766d8b510c428e595d74b9cc5bbb2fae8e26316fffb4adc89908d79aacd58a2 AS build
ARG SOURCE_DATE_EPOCH=1577836800
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
# That wheel is for amd64 alone; elsewhere it is compiled.
RUN [ "$(dpkg --print-architecture)" = amd64 ] \
    || { apt-get update && apt-get install --yes --no-install-recommends gcc=4:12.2.* libc6-dev=2.36-* make=4.3-*; }
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY app app
COPY reviewers reviewers
COPY llm_runtime llm_runtime
# What builds the wheel is pinned as well, and neither it nor pip is in what is copied from here. Compiled files hold the
# digest of their source and not its time, so that the same source gives the same bytes; nothing checks them again.
RUN pip install --constraint constraints.txt build hatchling \
    && python -m build --wheel --no-isolation --outdir /wheel \
    && python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-compile --constraint constraints.txt \
        "$(echo /wheel/*.whl)[postgres,tiktoken,langfuse,dashboard,evidence,embedded]" setuptools==84.2.1 \
    && /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /venv/lib

FROM python:3.12.13-slim-bookworm@sha256:4766d8b510c428e595d74b9cc5bbb2fae8e26316fffb4adc89908d79aacd58a2
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Quartet" \
      org.opencontainers.image.description="Code review by four specialists: bugs, architecture, performance, security." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# As process 1 tini buries what nobody else does, and passes signals on; git is for `quartet review` of a checkout.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git=1:2.39.* tini=0.19.* \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log \
    && groupadd --gid 10001 quartet \
    && useradd --uid 10001 --gid quartet --no-create-home --home-dir /state --no-log-init quartet \
    && install --directory --owner=quartet --group=quartet --mode=700 /state
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    HOME=/state \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    QUARTET_STATE_DIR=/state
USER 10001:10001
WORKDIR /state
VOLUME /state
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s --retries=3 CMD ["quartet", "health"]
ENTRYPOINT ["tini", "--", "quartet"]
CMD ["up", "--host", "0.0.0.0"]
