# firstrung in a container: Debian's own Python, the hashed lock, an unprivileged user, a read-only root file system.
# The base is named by its tag: pin it by digest where you build (docs/running-several.md says how).
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv ca-certificates \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY requirements/run.lock requirements/run.lock
RUN python3 -m venv /opt/firstrung \
 && /opt/firstrung/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --only-binary :all: \
    --require-hashes -r requirements/run.lock
COPY pyproject.toml pyproject.toml
COPY deploy/install.py deploy/install.py
RUN /opt/firstrung/bin/python deploy/install.py /app
COPY . /app
RUN /opt/firstrung/bin/python -m compileall -q /app /opt/firstrung/lib

FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 ca-certificates postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin firstrung \
 && install -d -o firstrung -g firstrung /data /config
COPY --from=build /opt/firstrung /opt/firstrung
COPY --from=build /app /app
ENV PATH=/opt/firstrung/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FIRSTRUNG_CONFIG=/config \
    FIRSTRUNG_LOG=json
USER firstrung
WORKDIR /data
VOLUME ["/data"]
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 CMD ["firstrung", "status", "--check"]
ENTRYPOINT ["firstrung"]
CMD ["run"]
