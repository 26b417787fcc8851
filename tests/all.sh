#!/usr/bin/env bash
# Every check of the project, the same by hand and in CI. Needs a Rust toolchain with clippy and rustfmt; installs what
# else is missing on Debian. Run it as root: the tests with a real Postfix change accounts. Prints one line a step; what a
# failing step said follows it. Exits 1 if any step failed.
#
#   tests/all.sh             everything; some twenty minutes on two cores from nothing
#   tests/all.sh --no-tools  leaves out what must first be installed from a registry (cargo-deny)
set -uo pipefail
cd "$(dirname "$0")/.."

export CARGO_TERM_COLOR=never CARGO_TERM_PROGRESS_WHEN=never RUST_BACKTRACE=0 INSTA_UPDATE=no LC_ALL=C.UTF-8
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=()
left_out=()

# step NAME COMMAND…: runs it, shows its output only when it fails.
step() {
  local name=$1 began=$SECONDS
  shift
  if "$@" >"$scratch/output" 2>&1; then
    printf 'ok    %-44s %4ds\n' "$name" $((SECONDS - began))
  else
    printf 'FAIL  %-44s %4ds\n' "$name" $((SECONDS - began))
    tail -n 60 "$scratch/output" | sed 's/^/      /'
    failed+=("$name")
  fi
}

# The programs the checks call, and the Debian packages that hold them.
install_missing() {
  local missing=() pair root=()
  for pair in cc:build-essential python3:python3 systemd-analyze:systemd systemd-sysusers:systemd \
    openssl:openssl postfix:postfix smtp-sink:postfix saslpasswd2:sasl2-bin; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  # what the login of tests/faults/postfix needs and no command tells of
  compgen -G '/usr/lib/*/sasl2/libplain.so*' >/dev/null || missing+=(libsasl2-modules)
  [ ${#missing[@]} -eq 0 ] && return
  [ "$(id -u)" -eq 0 ] || root=(sudo -n)
  # Postfix itself is not to be set up: the tests run one of their own
  echo 'postfix postfix/main_mailer_type select No configuration' | "${root[@]}" debconf-set-selections
  "${root[@]}" apt-get update -q &&
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -qy --no-install-recommends "${missing[@]}"
}

# LibreOffice and poppler, which old files are read with. They are large; where they cannot be had, that is said at the end.
install_converters() {
  local root=()
  command -v soffice >/dev/null && command -v pdftotext >/dev/null && return
  [ "$(id -u)" -eq 0 ] || root=(sudo -n)
  DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -qy --no-install-recommends \
    libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils
}

# The unit with the path of the binary just built, so that systemd finds what it would start.
built_unit() {
  sed "s|/usr/bin/duban|$PWD/target/debug/duban|" deploy/duban.service >"$scratch/duban.service"
}

unit_is_valid() {
  built_unit && systemd-analyze verify --recursive-errors=yes "$scratch/duban.service"
}

# unit_is_hardened MOST [DROP-IN…]: its exposure, in tenths, with these drop-ins.
unit_is_hardened() {
  local most=$1 drop_ins=$scratch/duban.service.d
  shift
  built_unit && rm -rf "$drop_ins" && mkdir "$drop_ins" || return
  [ $# -eq 0 ] || cp "$@" "$drop_ins/" || return
  systemd-analyze security --offline=true --threshold="$most" --no-pager "$scratch/duban.service"
}

account_and_folders_can_be_made() {
  local root=$scratch/root
  mkdir -p "$root/etc" && systemd-sysusers --root="$root" "$PWD/deploy/duban.sysusers" &&
    grep -q '^duban:' "$root/etc/passwd" || return
  # Only root may give files away.
  [ "$(id -u)" -ne 0 ] ||
    { systemd-tmpfiles --create --root="$root" "$PWD/deploy/duban.tmpfiles" && [ -f "$root/etc/duban/smtp-password" ]; }
}

# All tests, documentation included; how many there were is said at the end.
every_test() {
  cargo test --features fail-points --locked --no-fail-fast --quiet 2>&1 | tee "$scratch/tests"
  return "${PIPESTATUS[0]}"
}

# No snapshot waits for review, and none is left from a test that is gone.
snapshots_are_current() {
  local file name stale=0
  find src tests -name '*.pending-snap' -o -name '*.snap.new' | grep . && return 1
  while read -r file; do
    name=$(basename "$file" .snap)
    name=${name##*__}
    grep -rqE --include='*.rs' "fn ${name%-[0-9]*}\b|\"$name\"" src tests || { echo "no test makes $file"; stale=1; }
  done < <(find src tests -name '*.snap')
  return $stale
}

# The program's main job on a fresh folder, and every mail it wrote read by Python's library without a defect.
demo_mails_are_readable() {
  local mail read=0
  TMPDIR=$scratch target/debug/duban demo >/dev/null || return
  for mail in "$scratch"/duban-demo-*/mail/new/*; do
    python3 tests/messages/read_mail.py <"$mail" | grep -q '"defects": \[\]' || { echo "defective: $mail"; return 1; }
    read=$((read + 1))
  done
  echo "$read mails" && [ "$read" -gt 0 ]
}

licences() {
  cargo deny --locked --log-level error --config .deny.toml check licenses bans sources
}

step 'tools' install_missing
if ! install_converters >"$scratch/output" 2>&1; then
  export DUBAN_TESTS_WITHOUT_CONVERTERS=1
  left_out+=('old files such as .doc and .pdf: LibreOffice and poppler cannot be installed here')
fi
step 'format' cargo fmt --all --check
step 'clippy' cargo clippy --all-targets --locked --quiet -- -D warnings
step 'clippy of fail points' cargo clippy --all-targets --features fail-points --locked --quiet -- -D warnings
step 'rustdoc' env RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --document-private-items --locked --quiet
step 'tests' every_test
step 'snapshots are current' snapshots_are_current
step 'program' cargo build --locked --quiet
step 'demo: every mail can be read' demo_mails_are_readable
step 'systemd: unit is valid' unit_is_valid
step 'systemd: exposure at most 1.1' unit_is_hardened 11
step 'systemd: 1.0 with deploy/relay-only.conf' unit_is_hardened 10 deploy/relay-only.conf
step 'systemd: account and folders' account_and_folders_can_be_made

if [ "${1:-}" != --no-tools ]; then
  cargo deny --version >/dev/null 2>&1 ||
    step 'cargo-deny (once, some minutes)' timeout 1800 cargo install cargo-deny --locked --quiet
fi
if cargo deny --version >/dev/null 2>&1; then
  step 'licences, bans, sources' licences
else
  left_out+=('licences, bans, sources: cargo-deny is not here')
fi

[ ! -f "$scratch/tests" ] || awk '/^test result:/ { passed += $4; failed += $6 }
  END { printf "%d passed, %d failed\n", passed, failed }' "$scratch/tests"
for what in "${left_out[@]}"; do echo "NOT CHECKED  $what"; done
[ ${#failed[@]} -eq 0 ] || { echo "failed: ${failed[*]}"; exit 1; }
echo "all checks passed in ${SECONDS}s"
