#!/bin/sh
# The steps of the image, so that they can be run and tested without a container engine:
#   build-image.sh SOURCE TARGET
# Installs and builds in SOURCE, then puts what the daemon needs at run time, and nothing else, into TARGET.
set -eu

source=$1
target=$2

cd "$source"
node scripts/prepare.mjs

mkdir -p "$target/server"
cp -R dist package.json package-lock.json .npmrc LICENSE "$target/"
cp server/peps.cjs "$target/server/"
# Copied, then thinned out: native modules compiled above are not compiled again.
cp -R node_modules "$target/"
cd "$target"
npm prune --omit=dev --ignore-scripts --no-audit --no-fund
# Sources and build products of native modules; the binaries beside them are what runs.
rm -rf node_modules/sqlite3/deps node_modules/sqlite3/build/Release/obj* node_modules/.cache .npmrc
find . -name '*.map' -delete
find node_modules -type d -empty -delete
