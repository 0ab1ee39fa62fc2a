#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What the file build/anteroom is: static, position-independent, hardened, and free of what must not
# be in it. Read with binutils, so that it holds for the file that people get.
. test/tap
bin=${ANTEROOM_BIN:-build/anteroom}

headers=$scratch/headers dynamic=$scratch/dynamic symbols=$scratch/symbols words=$scratch/words
readelf -W -h -l "$bin" >"$headers"
readelf -W -d "$bin" >"$dynamic"
nm "$bin" >"$symbols" 2>/dev/null
strings -n 6 "$bin" >"$words"

# Static and position-independent: nothing is loaded beside it, and it is loaded anywhere.
says   "position-independent (type DYN)"     'Type: +DYN'               cat "$headers"
silent "no interpreter"                      'INTERP'                   cat "$headers"
silent "needs no shared library"             '\(NEEDED\)'               cat "$dynamic"
silent "no relocation in code (TEXTREL)"     'TEXTREL'                  cat "$dynamic"
says   "marked PIE"                          'FLAGS_1.*PIE'             cat "$dynamic"

# What an attacker finds: no writable code, no executable data, no writable table of the linker's.
says   "RELRO"                               'GNU_RELRO'                cat "$headers"
says   "full RELRO (bound at start)"         'BIND_NOW|FLAGS.*NOW'      cat "$dynamic"
says   "a stack that does not execute"       'GNU_STACK.* RW +0x'       cat "$headers"
silent "nothing writable and executable"     'LOAD.* RWE '              cat "$headers"
says   "stack protector"                     ' [TtWw] __stack_chk_fail' cat "$symbols"
says   "fortified functions"                 ' __(memcpy|snprintf|vsnprintf|memset|memmove|read|fprintf)_chk$' cat "$symbols"

# CET marks on everything that we compile, ours and third parties'. The whole file cannot carry the
# mark: Debian's static glibc is built without, and claiming it would be untrue.
if readelf -h "$bin" | grep -q X86-64; then
    for archive in build/release/lib*.a vendor/out/lib/*.a; do
        # Only objects that have code: a table of data needs no landing pads.
        readelf -W -n -S "$archive" 2>/dev/null | awk -v archive="$archive" '
            /^File: / { judge(); member = $2; code = cet = 0 }
            / \.text[. ].* PROGBITS / { for (i = 1; i <= NF; i++) if ($i == "PROGBITS" && $(i + 3) !~ /^0+$/) code = 1 }
            /x86 feature: IBT, SHSTK/ { cet = 1 }
            function judge() { if (member && code && !cet) print member }
            END { judge() }'
    done >"$scratch/unmarked"
    silent "CET (IBT, SHSTK) in every object we compile" . cat "$scratch/unmarked"
else
    skip "CET" "not x86-64"
fi

# One TLS library. Our adapter bears OpenSSL's names on purpose (libh2o calls them); its texts, its
# version and its inner functions are what a real OpenSSL could not hide.
silent "no OpenSSL inside: its texts"        'OpenSSL [0-9]|openssl\.cnf|OPENSSLDIR|LibreSSL|BoringSSL' cat "$words"
silent "no OpenSSL inside: its functions"    ' [Tt] (OPENSSL_init_crypto|EVP_EncryptInit(_ex)?|ERR_load_SSL_strings|ossl_.*)$' cat "$symbols"
says   "mbedTLS inside"                      ' [Tt] mbedtls_ssl_handshake$' cat "$symbols"

# A static glibc looks up names by loading the host's modules at run time: never linked.
silent "no name service of the host's"       ' [Tt] (getaddrinfo|gethostbyname.*|getpw(nam|uid).*|getgr(nam|gid).*|getservby.*)$' cat "$symbols"
silent "no path of the machine that built it" "^$PWD/" cat "$words"
silent "no debug information in it"          ' \.debug_info' readelf -W -S "$bin"
passes "its debug information lies beside it" test -s "$bin.debug"

# The linker had nothing to say (glibc warns of functions that do not work in a static program).
# An empty --just-print would prove nothing: link it again for real, aside.
if [ "$bin" -ef build/anteroom ] && [ -f build/release/link ]; then
    sh -c "$(sed "s|-o build/release/anteroom|-o $scratch/again|" build/release/link)" >"$scratch/said" 2>&1
    tap_result $? "it links again" "$scratch/said"
    silent "and the linker warns of nothing" . cat "$scratch/said"
else
    skip "link warnings" "this program was not linked here"
fi
finish
