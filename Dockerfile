# The App in a container: `docker run … quartet up`, or its parts as compose.yaml and docs/kubernetes.md run them.
FROM python:3.13-slim-bookworm AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY app app
COPY reviewers reviewers
COPY llm_runtime llm_runtime
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt '.[postgres,tiktoken,langfuse,dashboard,evidence]'

FROM python:3.13-slim-bookworm
# As process 1 it buries what nobody else does, and passes signals on.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 quartet \
    && useradd --uid 10001 --gid quartet --no-create-home --home-dir /state quartet \
    && install --directory --owner=quartet --group=quartet --mode=700 /state
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    QUARTET_STATE_DIR=/state
USER 10001:10001
WORKDIR /state
VOLUME /state
EXPOSE 8000
ENTRYPOINT ["tini", "--", "quartet"]
CMD ["up", "--host", "0.0.0.0"]
