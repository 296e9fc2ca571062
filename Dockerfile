# One image for the API, the workers and the jobs: `docker compose up`. It holds no database.
FROM debian:12-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv nodejs npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements/runtime.txt requirements/
RUN python3 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/runtime.txt
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY . .
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable .

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin sas \
 && install -d -o sas -g sas /var/lib/sas
WORKDIR /app
COPY --from=build /app /app
# Everything the program writes is here; the rest of the file system may be read-only.
ENV SAS_HOME=/var/lib/sas NUMBA_CACHE_DIR=/var/lib/sas/cache/numba PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
VOLUME /var/lib/sas
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["sas"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
