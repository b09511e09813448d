# One image for every process of ours; the command says which. Debian, because Temporal's native part needs glibc.
FROM node:24.21.0-bookworm-slim

RUN apt-get update \
  && apt-get install --yes --no-install-recommends chromium fonts-liberation ca-certificates \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY package.json package-lock.json ./
# The lock file may lack optional packages of other platforms, which `npm ci` refuses; the versions are those of the lock.
RUN npm install --omit=dev --no-save --no-audit --no-fund && npm cache clean --force
COPY workflows workflows
COPY activities activities
COPY store store
COPY workers workers
COPY client client

# Not root: Chromium's own sandbox stays on.
RUN useradd --create-home lodestone && mkdir -p /data && chown lodestone /data
USER lodestone
ENV LODESTONE_DATA_DIR=/data LODESTONE_CHROMIUM=/usr/bin/chromium LODESTONE_API_HOST=0.0.0.0
VOLUME /data
CMD ["npm", "run", "worker"]
