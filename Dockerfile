# One image for every process of ours; the command says which. Debian and not Alpine: Temporal's native part needs glibc.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# No package of ours needs its install script; without them the package `node` brings no second Node either.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# What generated code may import besides the standard library.
RUN apt-get update && apt-get install --yes --no-install-recommends python3 python3-pip
COPY ops/python-packages.txt ./
RUN pip3 install --no-cache-dir --no-deps --only-binary=:all: --no-compile --require-hashes --target /python-packages \
  --requirement python-packages.txt

FROM node:24.21.0-bookworm-slim
# Chromium is not pinned: an old one has known holes, and Debian keeps only the newest. The fonts are for pages in any script.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends \
    bubblewrap ca-certificates chromium fonts-liberation fonts-noto-cjk fonts-noto-color-emoji fonts-noto-core \
    mount python3 util-linux \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --create-home --uid 10001 lodestone \
  && install --directory --owner lodestone --group lodestone /data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /python-packages /python-packages
COPY package.json ./
COPY workflows workflows
COPY activities activities
COPY store store
COPY threads threads
COPY traces traces
COPY workers workers
COPY client client

# The heap: see workers/local/heap.ts.
ENV NODE_ENV=production \
  NODE_OPTIONS="--max-old-space-size=1024 --max-semi-space-size=8" \
  LODESTONE_DATA_DIR=/data \
  LODESTONE_CHROMIUM=/usr/bin/chromium \
  LODESTONE_PYTHON=/usr/bin/python3 \
  LODESTONE_PYTHON_PACKAGES=/python-packages \
  LODESTONE_API_HOST=0.0.0.0
# Not root, so that Chromium's own sandbox stays on. It needs user namespaces; see docker-compose.yml.
USER lodestone
VOLUME /data
# No HEALTHCHECK: what health is depends on the command, so docker-compose.yml says it.
CMD ["node", "workers/main.ts"]
