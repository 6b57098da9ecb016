#!/bin/sh
# Packs twice and compares, asks lintian, and installs, uses, removes and purges the package in a
# bare Debian. Ends with 77 where a tool, or the right to change the root, is missing.
# Usage: deb.sh SOURCE_DIR BUILD_DIR
set -eu
source=$1
build=$2
for tool in debootstrap dpkg-shlibdeps lintian; do
  command -v "$tool" > /dev/null || { echo "$tool is missing (scripts/setup $tool)"; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo 'only root changes the root'; exit 77; }

work=$(mktemp -d)
trap 'umount "$work/root/proc" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$source"

scripts/package "$build"
cp build/package/*.deb "$work"
scripts/package "$build" > /dev/null
for package in "$work"/*.deb; do
  cmp "$package" "build/package/${package##*/}"
  lintian --fail-on error "$package"
done
size=$(dpkg-deb -f "$work"/millrace_*.deb Installed-Size)
[ "$size" -le 15360 ] || { echo "the package takes $size KiB when it is installed"; exit 1; }
python3 -m json.tool "build/package/millrace/usr/share/doc/millrace/sbom.spdx.json" > /dev/null

debootstrap --variant=minbase bookworm "$work/root" > "$work/debootstrap.log" ||
  { tail -5 "$work/debootstrap.log"; exit 77; }
[ ! -d /etc/apt/apt.conf.d ] || cp -rn /etc/apt/apt.conf.d/. "$work/root/etc/apt/apt.conf.d"
cp /etc/resolv.conf "$work/root/etc/resolv.conf"
mount -t proc proc "$work/root/proc" || exit 77
cp "$work"/millrace_*.deb "$work/root/millrace.deb"
within() { chroot "$work/root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }
as_millrace() { within runuser -u millrace -- env MILLRACE_HTTP__LISTEN=off "$@"; }

begin=$(date +%s)
within apt-get install -y -qq --no-install-recommends ./millrace.deb > "$work/install.log" 2>&1 ||
  { tail "$work/install.log"; exit 1; }
within millrace config --check
within millrace config | head -1 | grep -q '/etc/millrace/millrace.ini'
as_millrace millrace submit /usr/share/doc/millrace/examples/documents
as_millrace millrace run --until-idle --log.level warning
as_millrace millrace search 'how do I stop the water wheel' -k 1 | grep -q handbook
echo "from apt-get install to the first hit: $(($(date +%s) - begin)) s"
[ "$(within stat -c '%U %a' /var/lib/millrace)" = 'millrace 700' ]
within dpkg --verify millrace

# A configuration that was changed outlives an upgrade and a removal, and goes with a purge.
echo '; ours' >> "$work/root/etc/millrace/millrace.ini"
within apt-get install -y -qq --reinstall ./millrace.deb > "$work/install.log" 2>&1
grep -q '^; ours' "$work/root/etc/millrace/millrace.ini"
within apt-get remove -y -qq millrace > "$work/remove.log" 2>&1
[ ! -e "$work/root/usr/bin/millrace" ]
grep -q '^; ours' "$work/root/etc/millrace/millrace.ini"
within apt-get purge -y -qq millrace > "$work/purge.log" 2>&1
[ ! -e "$work/root/etc/millrace" ]
grep -q 'the data stands in /var/lib/millrace' "$work/purge.log"
[ -e "$work/root/var/lib/millrace/millrace.db" ]
echo 'installed, used, upgraded, removed and purged'
