//! Feeds mutated components to the check. `FUZZ_SECONDS` says for how long; without it, it is a short test.

use std::time::{Duration, Instant};

use quidditch_sandbox::SandboxLimits;
use quidditch_test_guests::{Family, Guest};

use crate::documents::{small_limits, still_works, with_limits};

/// How many mutated components are checked, unless the environment variable `FUZZ_SECONDS` says how long.
const COMPONENTS: usize = 500;

/// The largest components that are mutated. Compiling larger ones takes long, and only repeats what small ones have.
const MOST_BYTES: usize = 32 << 10;

/// Most time of one check, even on a busy machine. The code of a component may run for less than a second.
const CHECK_TIME: Duration = Duration::from_secs(30);

/// How often a function that is well behaved is called in between.
const CHECKS_BETWEEN_CALLS: usize = 50;

/// Bytes that mean something in many places: sizes and indices at their limits, the ends of functions, types.
const BYTES: [u8; 12] = [0x00, 0x01, 0x02, 0x0b, 0x10, 0x40, 0x7f, 0x7e, 0x80, 0xc0, 0xfe, 0xff];

/// Random numbers, the same in each run.
struct Random(fastrand::Rng);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end.max(1))
    }

    fn byte(&mut self) -> u8 {
        if self.below(2) == 0 { BYTES[self.below(BYTES.len())] } else { self.below(256) as u8 }
    }

    /// Changes a component. Most changes keep its length, so that its sections stay readable.
    fn mutate(&mut self, component: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let (one, other) = (self.below(component.len()), self.below(component.len()));
        let (from, to) = (one.min(other), one.max(other));
        match self.below(8) {
            0..=3 => component[from] = self.byte(),
            4 => component[from] ^= 1 << self.below(8),
            5 => {
                let end = to.min(from + 1 + self.below(16));
                let at = self.below(component.len() - (end - from));
                component.copy_within(from..end, at);
            }
            6 => {
                let donor = &corpus[self.below(corpus.len())];
                let at = from.min(donor.len());
                let taken = (donor.len() - at).min(component.len() - from).min(1 + self.below(64));
                component[from..from + taken].copy_from_slice(&donor[at..at + taken]);
            }
            _ => {
                component.splice(from..to.min(from + self.below(8)), [self.byte()]);
            }
        }
    }
}

/// The components of all families that are small, and a well-behaved one with all roles.
fn corpus() -> Vec<Vec<u8>> {
    let well_behaved = Guest::new().for_world("filter-scorer-and-values-udf").build();
    let families = Family::all().into_iter().map(|family| family.build());
    [well_behaved].into_iter().chain(families).filter(|component| component.len() <= MOST_BYTES).collect()
}

#[test]
fn mutated_components_are_checked() {
    let corpus = corpus();
    let sandbox = with_limits(SandboxLimits { load_time: Duration::from_millis(500), ..small_limits() });
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut random = Random(fastrand::Rng::with_seed(1));
    let (mut checked, mut valid, mut slowest) = (0, 0, Duration::ZERO);
    while end.map_or(checked < COMPONENTS, |end| Instant::now() < end) {
        let mut component = corpus[random.below(corpus.len())].clone();
        for _ in 0..=random.below(4) {
            random.mutate(&mut component, &corpus);
        }
        let start = Instant::now();
        let report = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sandbox.check(&component)));
        let Ok(report) = report else { panic!("the check of this component panics: {component:02x?}") };
        assert!(start.elapsed() < CHECK_TIME, "the check of this component takes too long: {component:02x?}");
        assert!(report.metadata.is_some() || !report.findings.is_empty(), "no findings: {component:02x?}");
        slowest = slowest.max(start.elapsed());
        valid += usize::from(report.findings.is_empty());
        checked += 1;
        if checked % CHECKS_BETWEEN_CALLS == 0 {
            still_works(&sandbox);
        }
    }
    eprintln!("{checked} components, {valid} without findings; the slowest check took {} ms", slowest.as_millis());
}
