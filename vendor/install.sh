# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # variables are shared with build.sh
# Debian packages that must be on the machine. Sourced, not run.
#
#   install_packages FILE…   installs what the lists name and the machine lacks

# The missing ones, by name. A line of a list is "NAME" or "NAME unless COMMAND"; # begins a comment.
packages_missing() {
    local name unless command
    while read -r name unless command _; do
        if [ -z "$name" ]; then continue; fi
        if [ "$unless" = unless ] && command -v "$command" >/dev/null; then continue; fi
        if dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed; then
            continue
        fi
        printf '%s\n' "$name"
    done < <(sed 's/#.*//' "$@")
}

# Root's own hands, or sudo's.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

packages_get() {
    local apt=(apt-get -y -q --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
    # A machine's lists may be absent (a fresh image) or old (names of packages that are gone): ask
    # the archive only when what we have does not do.
    if as_root env DEBIAN_FRONTEND=noninteractive "${apt[@]}" install "$@"; then return; fi
    echo 'The lists of packages are absent or old: fetching them.'
    if ! as_root apt-get -q -o DPkg::Lock::Timeout=300 update; then
        echo 'fail: apt-get update did not succeed. | Check the network and /etc/apt/sources.list*; build/log/packages.log has the messages.'
        return 1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive "${apt[@]}" install "$@"
}

install_packages() {
    local missing
    if ! command -v dpkg-query >/dev/null; then
        fail 'This is not a Debian system: dpkg is not here.' \
            'Build on Debian 12, or in a container or chroot of it.'
    fi
    mapfile -t missing < <(packages_missing "$@")
    if [ ${#missing[@]} = 0 ]; then return; fi
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        fail "These packages are missing, and neither root nor sudo is here to install them." \
            "As root: apt-get install --no-install-recommends ${missing[*]}"
    fi
    note "installing ${missing[*]}"
    # sudo asks for its password here, where it can be seen, and not inside the step.
    if [ "$(id -u)" != 0 ] && ! sudo -v; then
        fail 'sudo did not let us install packages.' \
            "As root: apt-get install --no-install-recommends ${missing[*]}"
    fi
    step_verb='installing…'
    step_fail='apt could not install what is missing'
    step_remedy='A machine whose packages are half installed is mended by: apt-get -f install'
    step packages packages_get "${missing[@]}"
}
