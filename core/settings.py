"""Settings, read from the environment (prefix `SAS_`) and from an optional `.env` file.

One small class per concern. Built once by the door that starts (`cli`, `api`) and passed down; nothing is
read at import. `.env.example` documents each one, and a test keeps the two equal.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class _Base(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SAS_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )


class HomeSettings(_Base):
    """Where the project keeps what it makes on this machine."""

    home: Path = Field(default=Path(".sas"), description="Private cluster, caches, generated files")

    @property
    def path(self) -> Path:
        """Absolute path of `SAS_HOME`."""
        return self.home.expanduser().absolute()


class DatabaseSettings(_Base):
    """How the database is reached."""

    database_url: SecretStr | None = Field(
        default=None,
        description="An existing PostGIS (postgresql://…) instead of the private cluster",
    )
    database_pool_min: int = Field(default=1, ge=0, description="Connections kept open by the server")
    database_pool_max: int = Field(default=8, ge=1, description="Most connections of the server")
    database_statement_timeout_s: float = Field(
        default=5.0, gt=0, description="Longest statement while serving, in seconds"
    )


class ServerSettings(_Base):
    """The HTTP server."""

    host: str = Field(default="127.0.0.1", description="Address listened on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port listened on")
    official: bool = Field(
        default=False, description="Hides the banner 'démonstration, sans lien avec l'État'"
    )
    theme_dir: Path | None = Field(
        default=None,
        description="Folder of a theme: theme.css loaded last, files and templates/ that replace ours",
    )
    contact: str = Field(
        default="contact à renseigner par l’exploitant",
        description="Whom readers may write to, shown on the statements of accessibility and of data",
    )
    cursor_key: SecretStr | None = Field(
        default=None,
        description="Secret that signs page cursors; by default a file made under SAS_HOME. "
        "Set it when several machines serve together",
    )
    search_index_max_age_s: float = Field(
        default=2.0,
        ge=0,
        le=60,
        description="How long a server trusts the offers and slots it holds in memory before it asks the "
        "database what changed, in seconds; 0: it reads them again at each search",
    )
    proxy_secret: SecretStr | None = Field(
        default=None,
        description="Secret shared with the proxy that checks the certificates of vendors; "
        "without it no appointment is received (/fhir/r4)",
    )
    write_token: SecretStr | None = Field(
        default=None,
        description="Secret that opens the routes of the SAS calendar and of participation (bearer token) "
        "until people sign in; without it they answer 403",
    )


class SlotSettings(_Base):
    """Asking the agenda vendors."""

    slots_answer_s: float = Field(
        default=0.8, gt=0, le=30, description="Longest wait for the vendors in a plain answer, in seconds"
    )
    slots_deadline_s: float = Field(
        default=7.0, gt=0, le=30, description="Deadline of a call to a vendor, and of a streamed answer"
    )
    slots_connect_timeout_s: float = Field(
        default=1.0, gt=0, le=30, description="Longest time to connect to a vendor, in seconds"
    )
    slots_max_concurrent: int = Field(
        default=256, ge=1, description="Most calls to vendors under way at once, for each process"
    )
    slots_processes: int = Field(
        default=1,
        ge=1,
        description="Processes that share what vendors allow; 'sas serve' gives its own number",
    )
    slots_cache_s: float = Field(
        default=20.0, ge=0, le=30, description="How long the answer to an identical batch is kept, in seconds"
    )
    sweep_cron: str = Field(
        default="*/20 * * * *", description="When 'sas worker' asks every vendor about everybody (cron)"
    )
    booking_origin: str = Field(
        default="sas",
        pattern="^[a-z0-9-]{1,40}$",
        description="Value of the parameter 'origin' added to booking links",
    )
    booking_links: bool = Field(
        default=False,
        description="Gives the booking links to whoever searches: for a demonstration, or behind a sign-in",
    )


class AuditSettings(_Base):
    """The log of rankings for the audit of neutrality."""

    audit_rate_per_s: float = Field(
        default=5.0,
        ge=0,
        le=1000,
        description="Most rankings kept each second by each process; 0 keeps none",
    )
    audit_keep_days: int = Field(
        default=365, ge=180, le=1095, description="Days that rankings are kept; older ones go by whole days"
    )


class PolicySettings(_Base):
    """Ranking policies of territories, in place of the national one."""

    policy_dir: Path | None = Field(
        default=None, description="Folder of the signed policies of territories (FILE.toml and FILE.toml.sig)"
    )
    policy_keys: str | None = Field(
        default=None, description="Public keys that vouch for them: PEM files (Ed25519), separated by commas"
    )

    @property
    def keys(self) -> list[Path]:
        """The files of the keys."""
        return [Path(name.strip()) for name in (self.policy_keys or "").split(",") if name.strip()]


class AdminSettings(_Base):
    """The routes of administration."""

    admin_secret: SecretStr | None = Field(
        default=None,
        description="Secret of the routes of administration ('Authorization: Bearer …'); closed without",
    )
