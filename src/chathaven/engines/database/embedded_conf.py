"""How the embedded server is set, and why.

Given on its command line and not in its files, so that a new version of Chathaven brings its
own and no old file lingers.
"""

from __future__ import annotations

PORT = 5432
LAUNCHER = "chathaven_launcher"
OWNER = "chathaven_owner"
APP = "chathaven_app"
DATABASE = "chathaven"

HBA = """\
# Written by Chathaven at each start. There is no other way in than the socket.
local all chathaven_launcher scram-sha-256
local chathaven chathaven_owner,chathaven_app scram-sha-256
local replication chathaven_launcher scram-sha-256
"""

_MEMORY = {
    # Small for a shared machine; a busy installation has a PostgreSQL of its own.
    "shared_buffers": "48MB",
    "work_mem": "4MB",
    "maintenance_work_mem": "32MB",
    "effective_cache_size": "512MB",
    "huge_pages": "off",
    "max_connections": "60",
    # No helper processes that nobody asked for: each costs memory at rest.
    "io_method": "sync",
    "max_worker_processes": "2",
    "max_parallel_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "max_logical_replication_workers": "0",
    "max_replication_slots": "2",
    # For pg_basebackup.
    "max_wal_senders": "2",
    "autovacuum_max_workers": "2",
    "autovacuum_worker_slots": "2",
    # Our statements are short; compiling them costs more than it saves.
    "jit": "off",
}
_DURABILITY = {
    # Acknowledged means committed. These are the defaults, said aloud.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # The wheel is built without lz4, and pglz costs the processor more than the disk gains.
    "wal_compression": "off",
    # A crash is replayed in seconds, and deleted rows leave the log soon.
    "max_wal_size": "512MB",
    "min_wal_size": "64MB",
    "checkpoint_timeout": "10min",
    "autovacuum": "on",
    "autovacuum_naptime": "30s",
    "autovacuum_vacuum_scale_factor": "0.05",
}
_SILENCE = {
    # Physical hygiene: no statement, parameter or value may reach the log. The error of a
    # statement quotes values in its text, so the log begins above errors; the application
    # sees each error itself.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_duration": "off",
    "log_connections": "",
    "log_disconnections": "off",
    "log_checkpoints": "off",
    "log_temp_files": "-1",
    "log_lock_waits": "off",
    "log_replication_commands": "off",
    "log_autovacuum_min_duration": "-1",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
    "debug_print_parse": "off",
    "debug_print_plan": "off",
    "debug_print_rewritten": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def arguments(socket_folder: str) -> list[str]:
    """Returns the server's command line, for a socket in `socket_folder` and nowhere else."""
    place = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": socket_folder,
        "unix_socket_permissions": "0700",
    }
    settings = place | _MEMORY | _DURABILITY | _SILENCE
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
