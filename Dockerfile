# Two stages: the first installs from the pinned, hashed lists; the second holds what runs, and no build tools.
FROM python:3.11-slim-bookworm AS build
WORKDIR /source
RUN python -m venv /opt/lianqiao
ENV PATH=/opt/lianqiao/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/build.txt requirements/cluster.txt requirements/
RUN python -m pip install --require-hashes -r requirements/build.txt -r requirements/cluster.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY app app
COPY matching matching
COPY search search
COPY migrations migrations
COPY seed_data seed_data
COPY benchmarks benchmarks
RUN python -m pip install --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
COPY --from=build /opt/lianqiao /opt/lianqiao
# A number, so that a cluster can see that it is not root.
RUN install --directory --owner=10001 --group=10001 /data
USER 10001:10001
ENV PATH=/opt/lianqiao/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp LIANQIAO_DATA_DIR=/data
VOLUME /data
WORKDIR /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["lianqiao", "serve", "--host", "0.0.0.0"]
