#!/bin/bash
# An OCI image of Gateproof from its Debian package; no registry, no daemon and no root is needed.
# image.sh PACKAGE.deb IMAGE.tar [SUITE]
#   PACKAGE.deb  gateproof_VERSION_ARCH.deb, as `cpack` makes it in the build folder
#   IMAGE.tar    the image: `podman load -i`, `docker load -i`, `ctr images import` and `skopeo copy oci-archive:` take it
#   SUITE        the Debian that the package was built on (default: this machine's)
# Needs mmdebstrap, uidmap unless it is root that runs it, and python3 for the layout. Times in the image are
# SOURCE_DATE_EPOCH (default: the package's changelog): the same package and the same Debian packages make the same image,
# byte for byte. For Debian packages that stay the same name a snapshot in GATEPROOF_MIRROR:
# http://snapshot.debian.org/archive/debian/20261101T000000Z
# Exit code 75: the mirror was not reached.
set -euo pipefail
fail() {
    printf 'image.sh: %s\n' "$2" >&2
    exit "$1"
}
(($# == 2 || $# == 3)) || fail 2 "usage: image.sh PACKAGE.deb IMAGE.tar [SUITE]"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
package=$(realpath "$1")
image=$(realpath "$2")
suite=${3:-$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")}
for program in mmdebstrap dpkg-deb python3; do
    command -v "$program" >/dev/null || fail 2 "$program is missing; apt-get install mmdebstrap dpkg python3"
done
if ((EUID != 0)) && ! command -v newuidmap >/dev/null && ! command -v fakechroot >/dev/null; then
    fail 2 "newuidmap is missing, without which nobody but root makes a root for another user; apt-get install uidmap"
fi
[[ -f $package ]] || fail 2 "there is no package $package; make it with \`cpack\` in the build folder"
[[ -n $suite ]] || fail 2 "this system does not say which Debian it is; give the one that the package was built on"

field() { dpkg-deb -f "$package" "$1"; }
version=$(field Version)
architecture=$(field Architecture)
# Of alternatives the first; apt looks after versions, since dpkg refuses the package over an older one.
needs=$(field Depends | sed -E 's/ *\([^)]*\)//g; s/ *\|[^,]*//g; s/ //g')
if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
    SOURCE_DATE_EPOCH=$(dpkg-deb --fsys-tarfile "$package" | tar -xO ./usr/share/doc/gateproof/changelog.gz | gzip -dc |
        sed -n 's/^ -- .*>  //p' | head -n 1 | date -u -f - +%s)
fi
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8

# Where this machine gets that Debian from, its security updates among it; otherwise mmdebstrap knows.
sources=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME)|deb $(REPO_URI) $(RELEASE) main' 'Created-By: Packages' 2>/dev/null |
    sed -n "s/^Debian $suite\(-updates\|-security\)\?|//p" | sort -u || true)
if [[ -n ${GATEPROOF_MIRROR:-} ]]; then
    sources="deb $GATEPROOF_MIRROR $suite main"
fi
options=(--architectures="$architecture" --variant=essential --include="$needs" '--aptopt=APT::Install-Recommends "false"')
while IFS= read -r line; do
    options+=("--aptopt=${line%;}")
done < <(apt-config dump 2>/dev/null | grep -E '^Acquire::((https?|ftp)::.*Proxy|Check-Valid-Until|Check-Date|Retries)' | grep -v ' "";$' || true)
if [[ ${GATEPROOF_MIRROR:-} == *snapshot* ]]; then
    options+=('--aptopt=Acquire::Check-Valid-Until "false"')
fi

work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
first=$(sed -nE '1s,^deb ([^ ]+[^/ ])/? ([^ ]+) .*,\1 \2,p' <<<"${sources:-deb http://deb.debian.org/debian $suite main}")
/usr/lib/apt/apt-helper -o Acquire::Retries=1 -o Acquire::http::Timeout=10 download-file \
    "${first% *}/dists/${first#* }/InRelease" "$work/InRelease" >/dev/null 2>&1 || fail 75 "${first% *} was not reached"

# Whoever runs it is user 65532, as the manifests in deploy/kubernetes have it. What only apt and readers need stays out.
cp "$package" "$work/gateproof.deb"
mmdebstrap "${options[@]}" \
    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --customize-hook="copy-in '$work/gateproof.deb' /tmp" \
    --customize-hook='chroot "$1" dpkg --install /tmp/gateproof.deb' \
    --customize-hook='rm "$1/tmp/gateproof.deb"' \
    --customize-hook='printf "gateproof:x:65532:65532::/work:/usr/sbin/nologin\n" >>"$1/etc/passwd"' \
    --customize-hook='printf "gateproof:x:65532:\n" >>"$1/etc/group"' \
    --customize-hook='chroot "$1" install -d -o 65532 -g 65532 /work' \
    --customize-hook='rm -rf "$1"/etc/hostname "$1"/etc/resolv.conf "$1"/etc/*- "$1"/var/log/* "$1"/var/cache/*/*' \
    --format=tar "$suite" "$work/root.tar" - <<<"$sources" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail 1 "mmdebstrap could not make a root of $suite"
}
python3 "$here/layout.py" "$work/root.tar" "$image" "$version" "$architecture"
