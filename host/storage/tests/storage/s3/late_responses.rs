//! Slow responses.

use std::sync::Arc;
use std::time::{Duration, Instant};

use quidditch_clock::SystemClock;
use quidditch_storage::{HedgeSettings, Hedged, Storage};
use quidditch_test_s3::{Conditions, Latency, Operation, S3Server};

use crate::s3::setup::{put, settings, single};

#[tokio::test]
async fn rare_slow_responses_are_overtaken_with_few_more_requests() {
    let server = S3Server::start();
    let storage = Arc::new(single(settings(&server)));
    put(&*storage, "a", "0123456789").await;
    let latency = Latency { slow_one_in: 40, slow: Duration::from_millis(400), ..Latency::default() };
    server.conditions().set(Conditions { latency, seed: 1, ..Conditions::default() });
    // Longer than a read takes on a busy machine.
    let settings = HedgeSettings { min_delay: Duration::from_millis(50), ..HedgeSettings::default() };
    let hedged = Hedged::new(storage, settings.clone(), Arc::new(SystemClock::default()));

    let reads = 400;
    let mut slow = 0;
    for read in 0..reads {
        let begin = Instant::now();
        assert_eq!(hedged.get_range("a", 2..5).await.expect("exists"), "234");
        if read >= settings.min_samples && begin.elapsed() >= latency.slow {
            slow += 1;
        }
    }
    let gets = server.requests().iter().filter(|request| request.operation == Operation::Get).count();
    assert!(hedged.hedges() > 0);
    assert!(gets > reads && gets <= reads + reads / 20, "{gets}");
    // Some 8 of the 300 reads after the first 100 are slow. For one in 40 of these, the second request is slow as well.
    assert!(slow <= 2, "{slow} were not overtaken");
}
