#!/bin/sh
# Installs those of the given Debian packages that are missing. Does nothing, and says so, when none is.
#
#   tools/deps.sh PACKAGE...
set -eu

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "deps: this is no Debian; please install the equivalents of: $*"
  exit 0  # the build checks for itself
fi

missing=
for package in "$@"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "deps: all there, nothing to install"
  exit 0
fi

sudo=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "deps: missing:$missing" >&2
    echo "deps: neither root nor sudo here; please have an administrator run: apt-get install$missing" >&2
    exit 1
  fi
  sudo="sudo"
fi

echo "deps: installing$missing"
$sudo apt-get update -qq
# shellcheck disable=SC2086  # the list is meant to split into words
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
echo "deps: installed"
