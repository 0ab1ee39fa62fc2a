#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who may include whom. An arrow of the architecture is an #include, and there is no other arrow:
#
#   main -> cmd -> {web, notify, replicate} -> net, store -> core -> base      (config just above base)
#
# Also who may use which library, so that SQLite stays in store, libh2o in web, TLS in net.
set -u
. src/tool/lint/common

# shellcheck disable=SC2016 # the dollars are awk's
files 'src/*.c' 'src/*.h' 'src/*.def' | xargs -r awk '
BEGIN {
    # Room: the rooms it may include, itself among them. The doors (web, notify, replicate) do not
    # know each other; config may use core, core may not use config.
    may["main"]      = "main cmd web notify replicate net store config core base"
    may["cmd"]       = "cmd web notify replicate net store config core base"
    may["web"]       = "web net store config core base"
    may["notify"]    = "notify net store config core base"
    may["replicate"] = "replicate net store config core base"
    may["net"]       = "net config core base"
    may["store"]     = "store config core base"
    may["config"]    = "config core base"
    may["core"]      = "core base"
    may["base"]      = "base"
    may["tool"]      = "tool store config core base"

    # Generated headers belong to a room.
    made["pages.h"] = made["assets.h"] = "web"; made["sql.h"] = "store"; made["version.h"] = "cmd"; made["texts.h"] = "core"

    # Libraries: the rooms that may include what begins so.
    n = split("h2o.h:web|h2o/:web|sqlite3.h:store tool|yaml.h:config tool|zlib.h:web tool|curl/:net|" \
              "openssl/:net|mbedtls/sha256.h:core base net store web tool|mbedtls/:net base|psa/:net base|" \
              "yyjson.h:core|utf8proc.h:base|qrencode.h:web|lz4:replicate|argon2.h:base", rows, "|")
    for (i = 1; i <= n; i++) { split(rows[i], cell, ":"); begins[i] = cell[1]; users[i] = cell[2] }
    libraries = n

    # What core may take from the C library: nothing that does I/O, knows the time or allocates.
    pure = " arpa/inet assert ctype inttypes iso646 limits math stdalign stdarg stdbool stddef stdint stdnoreturn string strings "
}

function has(list, word) { return index(" " list " ", " " word " ") > 0 }
function refuse(rule) { printf "%s:%d: %s\n", FILENAME, FNR, rule }

FNR == 1 {
    part = split(FILENAME, path, "/")
    room = part == 2 ? "main" : path[2]
    if (!(room in may)) refuse("the folder src/" room " has no place in src/tool/lint/layers.sh")
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, quoted, "\""); name = quoted[2]
    if (name in made) {
        if (!has(may[room], made[name])) refuse(room " may not include " name " (made for " made[name] ")")
    } else if (split(name, to, "/") < 2 && path[3] == "openssl") {
        next # libh2o finds these headers by another path, so they name each other as neighbours
    } else if (to[1] == name) {
        refuse("\"" name "\" is not a path from src/")
    } else if (!(to[1] in may)) {
        refuse("\"" name "\" is in no room of src/")
    } else if (!has(may[room], to[1])) {
        refuse(room " may not include " to[1] ": it may use " may[room])
    }
}

/^[ \t]*#[ \t]*include[ \t]*</ {
    split($0, angled, /[<>]/); name = angled[2]
    for (i = 1; i <= libraries; i++) {
        if (index(name, begins[i]) != 1) continue
        if (!has(users[i], room)) refuse("<" name "> is for " users[i] ", not for " room)
        next
    }
    stem = name; sub(/\.h$/, "", stem)
    if (room == "core" && !index(pure, " " stem " "))
        refuse("core is pure: <" name "> is not among the headers it may use")
}' >"$findings"

verdict "layers: every #include follows an arrow" "$findings"
