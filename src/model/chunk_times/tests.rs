//! What a line says of when chunks came, how near that is, and what is no such line.

use proptest::prelude::*;

use super::ChunkTimes;

fn of(arrived: &[u64]) -> ChunkTimes {
    ChunkTimes::of(arrived).expect("chunks")
}

/// When chunks come that follow one another after these milliseconds.
fn after(gaps: &[u64]) -> Vec<u64> {
    let next = |at: &mut u64, gap: &u64| {
        *at += gap;
        Some(*at)
    };
    gaps.iter().scan(0, next).collect()
}

/// Numbers that look thrown, the same each time.
fn thrown(seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed;
    std::iter::from_fn(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some(state >> 33)
    })
}

/// Gaps like those of a model: tokens some 20 ms apart, a few of them in one packet, now and then a pause.
fn like_a_model(chunks: usize) -> Vec<u64> {
    let mut numbers = thrown(7);
    let mut next = move |below: u64| numbers.next().unwrap_or(0) % below;
    let gaps = (0..chunks).map(|chunk| match (chunk, next(100)) {
        (0, _) => 412,
        (_, 0..30) => 0,
        (_, 30..98) => 10 + next(20),
        _ => 100 + next(700),
    });
    after(&gaps.collect::<Vec<_>>())
}

/// By how many milliseconds a line is off, where it is off most.
fn off(times: &ChunkTimes, arrived: &[u64]) -> u64 {
    times.iter().zip(arrived).map(|(told, came)| came.abs_diff(u64::from(told))).max().unwrap_or(0)
}

#[test]
fn a_short_stream_says_each_gap_and_evenly_spaced_chunks_are_one_run() {
    let text = |gaps: &[u64]| of(&after(gaps)).to_string();
    assert_eq!(text(&[312]), "312 ms");
    assert_eq!(text(&[312, 9, 11, 14]), "312 ms + 9 11 14");
    assert_eq!(text(&[312, 9, 0, 0, 14, 14]), "312 ms + 9 0 0 14 14");
    assert_eq!(text(&[312, 9, 0, 0, 0, 14]), "312 ms + 9 3/0 14");
    assert_eq!(text(&[0, 20, 20, 20, 20]), "0 ms + 4/80");
}

#[test]
fn a_line_for_ten_two_hundred_and_five_thousand_chunks_of_a_model() {
    let line = |chunks| {
        let arrived = like_a_model(chunks);
        let times = of(&arrived);
        format!("{times}\n{} of {} ms off at most", off(&times, &arrived), arrived[arrived.len() - 1])
    };
    insta::assert_snapshot!(line(10), @"
    412 ms + 23 15 0 14 16 25 10 12 0
    0 of 527 ms off at most
    ");
    insta::assert_snapshot!(line(200), @"
    412 ms + 9/115 596 26 24 353 27/379 210 7/123 778 49/638 43/591 264 13/195 215 43/707
    73 of 5626 ms off at most
    ");
    insta::assert_snapshot!(line(5_000), @"
    412 ms + 544/12644 670/13862 786/20300 988/23539 496/11871 747/16599 768/19700
    1732 of 118927 ms off at most
    ");
}

#[test]
fn a_pause_stays_where_it_was() {
    let mut gaps = vec![10; 300];
    gaps.splice(0..0, thrown(3).take(200).map(|number| number % 20));
    gaps[150] = 3_000;
    let arrived = after(&gaps);
    let told: Vec<u32> = of(&arrived).iter().collect();
    assert!(told[150] - told[149] > 2_800, "{}", of(&arrived));
}

#[test]
fn a_clock_that_goes_back_stands_still_and_more_than_a_day_is_a_day() {
    assert_eq!(of(&[5, 3, 4, 9]).iter().collect::<Vec<_>>(), [5, 5, 5, 9]);
    assert_eq!(of(&[1, u64::MAX]).last(), 24 * 60 * 60 * 1000);
    assert_eq!(ChunkTimes::of(&[]), None);
}

#[test]
fn chunks_that_went_take_their_times_with_them() {
    let times = of(&[10, 20, 35, 50]);
    let kept = times.keeping([true, false, true, true].into_iter());
    assert_eq!(kept, ChunkTimes::of(&[10, 35, 50]));
    assert_eq!(times.keeping(std::iter::repeat(false)), None);
}

#[test]
fn what_is_no_such_line_is_refused() {
    for text in [
        "",
        "312",
        "ms",
        "312ms",
        "312 ms 9",
        "312 ms +",
        "312 ms + ",
        "312 ms + -9",
        "-1 ms",
        "+1 ms",
        "1.5 ms",
        "312 ms + 9, 11",
        "312 ms + 0/5",
        "312 ms + /5",
        "312 ms + 5/",
        "312 ms + 1/2/3",
        "4294967296 ms",
        "312 ms + 4294967296/1",
        "312 ms + nine",
    ] {
        let error = ChunkTimes::parse(text).expect_err(text);
        assert!(error.contains("312 ms + 9 11 12/143"), "{text}: {error}");
    }
    for text in
        ["86400001 ms", "1 ms + 86400000", "1 ms + 4294967295 4294967295", "9 ms + 4294967295/86400000"]
    {
        let error = ChunkTimes::parse(text).expect_err(text);
        assert!(error.contains("more than a day"), "{text}: {error}");
    }
}

#[test]
fn a_line_by_hand_may_be_spaced_as_its_writer_likes() {
    assert_eq!(ChunkTimes::parse("  312  ms  +  9 1/11\t"), ChunkTimes::parse("312 ms + 9 11"));
}

#[test]
fn a_line_that_tells_of_more_chunks_than_there_can_be_takes_no_room() {
    let times = ChunkTimes::parse("1 ms + 4294967295/9 4294967295/9").expect("a line");
    assert_eq!(times.chunks(), 2 * 4_294_967_295 + 1);
    assert!(times.size() <= 16);
}

proptest! {
    #[test]
    fn a_line_reads_back_as_what_was_written(arrived in prop::collection::vec(0..100_000_u64, 1..200)) {
        let times = of(&arrived);
        prop_assert_eq!(ChunkTimes::parse(&times.to_string()), Ok(times));
    }

    #[test]
    fn times_never_go_down_and_the_first_and_the_last_are_exact(gaps in prop::collection::vec(0..500_u64, 1..300)) {
        let arrived = after(&gaps);
        let times = of(&arrived);
        let told: Vec<u32> = times.iter().collect();
        prop_assert!(told.is_sorted());
        prop_assert_eq!(told.len(), arrived.len());
        prop_assert_eq!(times.chunks(), arrived.len() as u64);
        prop_assert_eq!((u64::from(told[0]), u64::from(told[told.len() - 1])), (arrived[0], arrived[arrived.len() - 1]));
        prop_assert_eq!((told[0], told[told.len() - 1]), (times.first(), times.last()));
    }

    #[test]
    fn a_line_fits_beside_its_name_into_a_hundred_columns(gaps in prop::collection::vec(0..5_000_u64, 1..600)) {
        prop_assert!(of(&after(&gaps)).to_string().len() <= 90);
    }

    #[test]
    fn a_stream_of_a_few_chunks_stands_as_it_came(gaps in prop::collection::vec(0..100_u64, 1..27)) {
        let arrived = after(&gaps);
        prop_assert_eq!(off(&of(&arrived), &arrived), 0);
    }
}
