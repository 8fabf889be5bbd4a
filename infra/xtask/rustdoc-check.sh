#!/bin/sh
# rustdoc with its lints only. It writes no pages: each crate would wait for the others to write an index of everything, which takes longer
# than reading all of the documentation. The option is not stable yet.
RUSTC_BOOTSTRAP=1 exec rustdoc "$@" -Z unstable-options --check
