# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # variables are shared with build.sh
# From downloaded sources to vendor/out. Sourced, not run.
#
#   libraries_ready       status 0 if vendor/out is what the lock, the rules, the patches and the
#                         compiler ask for; needs nothing but the files of the checkout
#   libraries_build       builds what is not there yet and points vendor/out at it
#
# vendor/cache/NAME-KEY/    one library as it was built: include lib share licenses version
# vendor/cache/KEY/         all of them together (hard links): the same, and versions.h
# vendor/out                a symbolic link to the latter
#
# A key is a digest of everything that decides the result, so a changed patch rebuilds one library
# and a folder that exists is a folder that is complete: everything is made in vendor/work and
# renamed at the end.

compiler_identity=

library_setting() { # NAME VARIABLE: a plain assignment in its rules
    sed -n "s/^$2 *:= *//p" "vendor/$1/rules.mk"
}

library_version() { # NAME: what was downloaded, which a rolling suite may have replaced
    local version folder
    version=$(lock_row "$1" | awk '{ print $3 }')
    if folder=$(fetched "$1") && [ -f "$folder/version" ]; then version=$(cat "$folder/version"); fi
    printf '%s\n' "$version"
}

library_key() {
    local name=$1 file need
    if [ -z "$compiler_identity" ]; then
        compiler_identity=$("${CC:-gcc}" --version 2>/dev/null | head -n 1
            "${CC:-gcc}" -dumpmachine 2>/dev/null) || true
    fi
    {
        printf '%s\n' "$compiler_identity"
        lock_row "$name" | tr -s ' '
        for need in $(library_setting "$name" NEEDS); do library_key "$need"; done
        # Unquoted on purpose: INPUTS are patterns.
        # shellcheck disable=SC2046
        for file in vendor/common.mk vendor/"$name"/* vendor/patches/"$name"/*.patch \
            $(library_setting "$name" INPUTS); do
            if [ ! -f "$file" ]; then continue; fi
            printf '%s\n' "$file"
            cat "$file"
        done
    } | sha256sum | cut -c 1-16
}

libraries_key() {
    local name
    {
        while read -r name _; do printf '%s %s\n' "$name" "$(library_key "$name")"; done < <(lock_rows)
        cat vendor/libraries.sh
    } | sha256sum | cut -c 1-16
}

libraries_ready() {
    local key
    if ! command -v "${CC:-gcc}" >/dev/null; then return 1; fi
    key=$(libraries_key)
    if [ ! -d "vendor/cache/$key" ]; then return 1; fi
    libraries_point "$key"
}

# vendor/out changes in one rename: whoever reads it sees the old libraries or the new ones.
libraries_point() {
    if [ "$(readlink vendor/out 2>/dev/null || true)" = "cache/$1" ]; then return; fi
    mkdir -p vendor/work
    ln -sfn "cache/$1" vendor/work/out
    mv -T vendor/work/out vendor/out
}

library_unpack() { # NAME FOLDER
    local name=$1 source=$2 folder patches patch
    folder=$(fetched "$name")
    (cd "$folder" && sha256sum --quiet -c SHA256SUMS) || {
        echo "fail: The files in $folder are not what was downloaded. | Remove that folder and run ./build.sh again."
        return 1
    }
    mkdir -p "$source"
    tar -xf "$folder"/*.orig.tar.* --strip-components=1 --no-same-owner -C "$source"
    patches=$(lock_row "$name" | awk '{ print $6 }')
    if [ "$patches" = debian ]; then
        tar -xf "$folder"/*.debian.tar.* --no-same-owner -C "$source"
        while read -r patch _; do
            case $patch in '' | '#'*) continue ;; esac
            echo "patch debian/$patch"
            patch -d "$source" -p1 -s -f --no-backup-if-mismatch <"$source/debian/patches/$patch"
        done <"$source/debian/patches/series"
    fi
    for patch in vendor/patches/"$name"/*.patch; do
        if [ ! -f "$patch" ]; then continue; fi
        echo "patch $patch"
        # Our own must fit exactly: no fuzz, or they might land somewhere else in a new version.
        if ! patch -d "$source" -p1 -s -f -F 0 --no-backup-if-mismatch <"$patch"; then
            echo "fail: $patch does not fit $name $(library_version "$name"). | Port the patch (its first lines say what it is for) or go back to the version it was made for."
            return 1
        fi
    done
}

library_make() { # NAME PREFIX TARGET
    local work=$PWD/vendor/work/$1
    make -s -j "$jobs" -f "vendor/$1/rules.mk" SRC="$work/source" WORK="$work/objects" \
        OUT="$work/out" PREFIX="$2" VERSION="$(library_version "$1")" "$3"
}

# Runs in a step, where the first command that fails ends it.
library_build() { # NAME KEY PREFIX
    local work=vendor/work/$1
    rm -rf "$work"
    library_unpack "$1" "$work/source"
    echo "total $(library_make "$1" "$3" count)"
    library_make "$1" "$3" all
    library_version "$1" >"$work/out/version"
    mkdir -p vendor/cache
    rm -rf "vendor/cache/$1-$2"
    mv "$work/out" "vendor/cache/$1-$2"
    rm -rf "$work"
}

# The parts so far, put together: what later libraries include, and at the end the result.
libraries_join() { # FOLDER NAME-KEY…
    local folder=$1 part kind
    shift
    rm -rf "$folder"
    mkdir -p "$folder"/{include,lib,share,licenses}
    for part in "$@"; do
        for kind in include lib share licenses; do
            if [ ! -d "vendor/cache/$part/$kind" ]; then continue; fi
            cp -al "vendor/cache/$part/$kind" "$folder/"
        done
    done
}

# For `anteroom version`: one row per library, for a macro that takes name and version.
libraries_versions() { # NAME-KEY…
    local part name
    echo '/* Made by build.sh: the libraries in this build, as ROW(name, version). */'
    echo '#pragma once'
    printf '#define VENDOR_LIBRARIES(ROW)'
    for part in "$@"; do
        name=${part%-*}
        printf ' \\\n    ROW("%s", "%s")' "$name" "$(sed 's/+.*really/ /; s/^.* //; s/+.*//' "vendor/cache/$part/version")"
    done
    printf '\n'
}

libraries_build() {
    local name key parts=() prefix=$PWD/vendor/work/prefix
    while read -r name _ <&3; do
        key=$(library_key "$name")
        parts+=("$name-$key")
        if [ -d "vendor/cache/$name-$key" ]; then continue; fi
        libraries_join "$prefix" "${parts[@]:0:${#parts[@]}-1}"
        step_verb='building… '
        step "$name $(library_version "$name")" library_build "$name" "$key" "$prefix"
    done 3< <(lock_rows)
    key=$(libraries_key)
    libraries_join vendor/work/joined "${parts[@]}"
    libraries_versions "${parts[@]}" >vendor/work/joined/versions.h
    rm -rf "vendor/cache/$key"
    mv vendor/work/joined "vendor/cache/$key"
    rm -rf "$prefix"
    libraries_point "$key"
}
