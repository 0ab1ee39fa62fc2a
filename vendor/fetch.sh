# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # variables are shared with build.sh
# Debian source packages by apt, from lists of our own. Sourced, not run; every function runs inside
# a step and reports as "fail: SENTENCE | REMEDY".
#
# The machine already knows an archive it trusts: where it is, through which proxy, signed by whom.
# We take that entry from apt itself (deb822 .sources and one-line .list alike), put the suites of
# vendor/lock in its place, and keep lists and caches in vendor/work/apt, so that nothing of the
# machine's own apt changes and no root is needed. Signatures are checked as always.
#
#   apt_prepare           our lists, fetched and checked
#   fetch_one NAME        a row's files into vendor/downloads
#   fetched NAME          prints the folder with a row's files; status 1 if they are not there
#   lock_newest           rewrites vendor/lock with the newest version of each series
#
# vendor/downloads/NAME-VERSION/ has the tarball, debian.tar.* if its patches are wanted, and
# SHA256SUMS of both; it appears only when it is complete.

apt_folder=$PWD/vendor/work/apt

# The rows of the lock: name suites version series moves patches sha256.
lock_rows() {
    sed 's/#.*//' vendor/lock | awk 'NF == 7'
}

lock_row() {
    lock_rows | awk -v name="$1" '$1 == name'
}

fetched() {
    local name suites version series moves patches sha256 folder
    read -r name suites version series moves patches sha256 < <(lock_row "$1")
    folder=vendor/downloads/$name-$version
    if [ -f "$folder/SHA256SUMS" ] && grep -q "^$sha256 " "$folder/SHA256SUMS"; then
        if [ "$patches" = upstream ] || compgen -G "$folder/*.debian.tar.*" >/dev/null; then
            printf '%s\n' "$folder"
            return 0
        fi
    fi
    # A suite that rolls: what was taken in its place, for exactly this row.
    folder=vendor/downloads/$name-$version-replaced
    if [ "$moves" = rolls ] && [ -f "$folder/SHA256SUMS" ]; then
        printf '%s\n' "$folder"
        return 0
    fi
    return 1
}

# The machine's Debian archive as "main|URI|file that says so:line" and the same for "security".
# indextargets knows the configuration only, so it answers on a fresh image too.
apt_archives() {
    local codename
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    apt-get indextargets --format '$(CREATED_BY)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SOURCESENTRY)' |
        awk -F'|' -v codename="$codename" '
            $1 != "Packages" || $4 != "main" || $2 ~ /^cdrom:/ { next }
            # A repository of somebody else may use the release name too: Debian is the one that
            # also has -updates or -security beside it.
            $3 == codename             { from[$2] = $5; if (first == "") first = $2 }
            $3 == codename "-updates"  { updates[$2] = 1 }
            $3 == codename "-security" { if (security == "") { security = $2; from[$2] = $5 } }
            END {
                for (uri in from) if (uri in updates) { main = uri; break }
                if (main == "") main = first
                if (main != "") printf "main|%s|%s\n", main, from[main]
                if (security != "") printf "security|%s|%s\n", security, from[security]
            }'
}

# The keyring that an entry of the machine's configuration names, if it names one: Signed-By in the
# paragraph of a .sources file, [signed-by=…] in the line of a .list file.
apt_keyring() { # FILE URI
    case $1 in
    *.sources)
        awk -v RS= -v uri="${2%/}" 'index($0, uri) && match($0, /\nSigned-By: *\/[^\n ]+/) {
            value = substr($0, RSTART, RLENGTH); sub(/^[^\/]*/, "", value); print value; exit }' "$1"
        ;;
    *.list)
        awk -v uri="${2%/}" 'index($0, uri) && /^ *deb/ && match($0, /signed-by=\/[^] ]+/) {
            print substr($0, RSTART + 10, RLENGTH - 10); exit }' "$1"
        ;;
    esac
}

apt_prepare() {
    local what uri entry keyring suite suites wanted
    local failed='fail: The Debian archive was not found in this machine'"'"'s apt configuration.'
    wanted=$(lock_rows | awk '{ print $2 }' | tr , '\n' | sort -u)
    rm -rf "$apt_folder/sources"
    mkdir -p "$apt_folder"/{sources,lists/partial,cache/archives/partial}
    while IFS='|' read -r what uri entry; do
        suites=
        keyring=$(apt_keyring "${entry%:*}" "$uri")
        for suite in $wanted; do
            case $suite in
            *-security) if [ "$what" = security ]; then suites+=" $suite"; fi ;;
            *) if [ "$what" = main ]; then suites+=" $suite"; fi ;;
            esac
        done
        if [ -z "$suites" ]; then continue; fi
        printf 'Types: deb-src\nURIs: %s\nSuites:%s\nComponents: main\n' "$uri" "$suites"
        # Without a key of its own an entry is checked against all the keys apt trusts.
        if [ -n "$keyring" ]; then printf 'Signed-By: %s\n' "$keyring"; fi
        printf '\n'
    done < <(apt_archives) >"$apt_folder/sources/lock.sources"
    if ! grep -q '^URIs' "$apt_folder/sources/lock.sources"; then
        echo "$failed | It needs an entry for the suite of this release with the component main, as every installation has."
        return 1
    fi
    cat >"$apt_folder/apt.conf" <<END
Dir::State::lists "$apt_folder/lists";
Dir::Cache "$apt_folder/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt_folder/sources";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END
    if ! apt-get -c "$apt_folder/apt.conf" -q update; then
        if grep -q NO_PUBKEY "$log_folder/lists.log" 2>/dev/null; then
            echo "fail: This machine does not have the key that signs a suite we need. | As root: apt-get update && apt-get install debian-archive-keyring"
        else
            echo "fail: The lists of Debian's source packages could not be fetched. | Check the network (build/log/lists.log has apt's messages); with vendor/downloads from another machine none is needed."
        fi
        return 1
    fi
    date >"$apt_folder/ready"
}

# Every revision of a package that the lists have, newest first: "revision upstream sha256 file",
# where upstream is the revision without epoch and Debian's own number.
apt_revisions() {
    apt-cache -c "$apt_folder/apt.conf" showsrc --only-source "$1" | awk '
        function record() {
            if (version != "" && sum != "") {
                upstream = version; sub(/^[0-9]+:/, "", upstream); sub(/-[^-]*$/, "", upstream)
                print version, upstream, sum, file
            }
            version = sum = file = ""; sums = 0
        }
        /^Package: /          { record() }
        /^Version: /          { version = $2 }
        /^[^ ]/               { sums = /^Checksums-Sha256:/ }
        sums && $3 ~ /\.orig\.tar\.[a-z0-9]+$/ { sum = $1; file = $3 }
        END                   { record() }' |
        sort -rVu
}

# One file of a source package, checked against the sum that the signed lists have for it.
apt_file() {
    local uri=$1 sum=$2 target=$3
    /usr/lib/apt/apt-helper -c "$apt_folder/apt.conf" download-file "$uri" "$target" "SHA256:$sum"
}

# fetch_revision NAME REVISION PATCHES FOLDER: the files of one Debian revision.
fetch_revision() {
    local name=$1 revision=$2 patches=$3 folder=$4 uri file sum
    rm -rf "$folder"
    mkdir -p "$folder"
    while read -r uri file _ sum; do
        uri=${uri//\'/} sum=${sum#SHA256:}
        case $file in
        *.orig.tar.*) ;;
        *.debian.tar.*) if [ "$patches" != debian ]; then continue; fi ;;
        *) continue ;;
        esac
        case $file in *.asc) continue ;; esac
        apt_file "$uri" "$sum" "$PWD/$folder/$file" || return 1
        (cd "$folder" && printf '%s  %s\n' "$sum" "$file" | tee -a SHA256SUMS | sha256sum -c) ||
            return 1
    done < <(apt-get -c "$apt_folder/apt.conf" source --only-source --print-uris -q \
        "$name=$revision" | grep "^'")
    printf '%s\n' "$revision" >"$folder/revision"
}

fetch_one() {
    local name suites version series moves patches sha256
    local revision upstream sum file target tried=0
    read -r name suites version series moves patches sha256 < <(lock_row "$1")
    target=vendor/downloads/$name-$version
    # Any Debian revision that carries this very tarball; the next older one if the mirror lacks a
    # file of the newest.
    while read -r revision upstream sum file; do
        if [ "$sum" != "$sha256" ]; then continue; fi
        tried=1
        if fetch_revision "$name" "$revision" "$patches" "vendor/work/fetch-$name"; then
            rm -rf "$target"
            mkdir -p vendor/downloads
            mv "vendor/work/fetch-$name" "$target"
            return 0
        fi
    done < <(apt_revisions "$name")
    if [ $tried = 1 ]; then
        echo "fail: $name $version is in the archive, but it could not be downloaded. | Check the network; build/log/$name.log has apt's messages."
        return 1
    fi
    # The name is right and the tarball is not: somebody must look before anything is built of it.
    while read -r revision upstream sum file; do
        if [ "$upstream" = "$version" ] && [ "$moves" = fixed ]; then
            echo "fail: The archive's $name $version is not the tarball that vendor/lock names (sha256 $sum). | Compare the two before you trust either; ./build.sh --newer would take what the archive has."
            return 1
        fi
    done < <(apt_revisions "$name")
    if [ "$moves" = rolls ]; then
        read -r revision upstream sum file < <(newest_of_series "$name" "$suites" "$series" "$version") || true
        if [ -n "${revision:-}" ]; then
            echo "note: $name $version was replaced in $suites; taking $upstream, signed by the archive."
            fetch_revision "$name" "$revision" "$patches" "vendor/work/fetch-$name" || return 1
            printf '%s\n' "$upstream" >"vendor/work/fetch-$name/version"
            rm -rf "$target-replaced"
            mkdir -p vendor/downloads
            mv "vendor/work/fetch-$name" "$target-replaced"
            return 0
        fi
    fi
    echo "fail: $name $version is no longer in Debian's $suites. | ./build.sh --newer takes the newest $series* instead and writes it into vendor/lock."
    return 1
}

# newest_of_series NAME SUITES SERIES [MINIMUM]: one line as apt_revisions has them, or none.
newest_of_series() {
    local revision upstream sum file suite present=
    # apt knows revisions by suite only in this listing: "name | revision | uri suite/main Sources".
    for suite in ${2//,/ }; do
        present+=$(apt-cache -c "$apt_folder/apt.conf" madison "$1" |
            awk -v suite="$suite/main" '$6 == suite && $7 == "Sources" { printf " %s ", $3 }')
    done
    apt_revisions "$1" | while read -r revision upstream sum file; do
        case $upstream in "$3"*) ;; *) continue ;; esac
        case $present in *" $revision "*) ;; *) continue ;; esac
        if [ -n "${4:-}" ] && dpkg --compare-versions "$upstream" lt "$4"; then continue; fi
        printf '%s %s %s %s\n' "$revision" "$upstream" "$sum" "$file"
    done | sed -n 1p
}

# The lock with the newest versions of each series; what changed is for the caller to read and, once
# the tests agree, to commit.
lock_newest() {
    local name suites version series moves patches sha256 revision upstream sum file
    while read -r name suites version series moves patches sha256; do
        read -r revision upstream sum file \
            < <(newest_of_series "$name" "$suites" "$series" "$version") || continue
        if [ "$sum" = "$sha256" ]; then continue; fi
        echo "note: $name $version → $upstream"
        awk -v name="$name" -v version="$version" -v upstream="$upstream" -v sha256="$sha256" \
            -v sum="$sum" '$1 == name {
                # Replaced in place, so that the columns and the comments stay as they are.
                at = index($0, " " version " "); old = length(version)
                $0 = substr($0, 1, at) upstream substr($0, at + 1 + old)
                sub(sha256, sum)
            } { print }' vendor/lock >vendor/work/lock.new
        cat vendor/work/lock.new >vendor/lock
    done < <(lock_rows)
}
