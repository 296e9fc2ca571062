# Sourced by the scripts of this folder: how they speak, and how they get the right to install.

say() { printf '→ %s\n' "$*" >&2; }

fail() {
  printf 'sas : %s\n' "$*" >&2
  exit 1
}

# Runs a command as root, or prints the one command to run and stops. Nothing is asked, save a password by sudo
# itself when somebody sits at the terminal.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    sudo "$@"
  else
    return 126
  fi
}

# Megabytes free where a path stands (or will stand).
free_mb() {
  path=$1
  while [ ! -e "$path" ]; do path=$(dirname "$path"); done
  df -Pm "$path" | awk 'NR == 2 { print $4 }'
}
