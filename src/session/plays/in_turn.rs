//! Which take is next, compared with a look through all of them.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};
use proptest::prelude::*;

use super::Plays;
use crate::matching::request_key::Key;
use crate::matching::request_key::Normal;
use crate::model::exchange::Request;
use crate::model::exchange::{Response, ResponseBody};
use crate::model::interaction::Interaction;
use crate::model::labels::Labels;
use crate::session::cursors::{Cursors, choose_among};
use crate::session::settings::Repeats;
use crate::store::tape::Parsed;
use crate::store::tape::{SlotId, Take, TakeList};

const KEY: Key = Key([7; 32]);

fn request(body: u8) -> Request {
    let (method, url) = (Method::POST, "https://example.test/".to_owned());
    Request { method, url, headers: HeaderMap::new(), body: Bytes::from(vec![body]) }
}

fn take(number: u64, ids: u8, body: u8) -> Arc<Parsed> {
    let interaction = Interaction {
        recorded_at: String::new(),
        usage_count: 1,
        take: number,
        provider: None,
        model: None,
        usage: Vec::new(),
        labels: Labels::default(),
        request: request(body),
        response: Response {
            status: StatusCode::OK,
            version: Version::HTTP_11,
            url: None,
            headers: HeaderMap::new(),
            body: ResponseBody::default(),
        },
    };
    Arc::new(Parsed::new(interaction, Normal { key: KEY, form: Vec::new(), ids: vec![ids.to_string()] }))
}

#[derive(Debug, Clone)]
enum Move {
    /// Ask with these ids and this body, and play what is found or record it again.
    Ask { ids: u8, body: u8, rerecords: bool, reuses: bool },
    /// The call ends that has been under way for so long, with success or without.
    End { which: prop::sample::Index, recorded: bool },
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => (0..3_u8, 0..3_u8, any::<bool>(), any::<bool>())
            .prop_map(|(ids, body, rerecords, reuses)| Move::Ask { ids, body, rerecords, reuses }),
        1 => (any::<prop::sample::Index>(), any::<bool>())
            .prop_map(|(which, recorded)| Move::End { which, recorded }),
    ]
}

proptest! {
    #[test]
    fn the_take_that_is_next_is_the_one_that_a_look_through_all_of_them_finds(
        takes in prop::collection::vec((1..4_u64, 0..3_u8, 0..3_u8), 2..9),
        moves in prop::collection::vec(any_move(), 0..40),
    ) {
        let takes = takes.into_iter().map(|(number, ids, body)| take(number, ids, body)).enumerate();
        let list = Arc::new(TakeList::new(KEY, takes.collect()));
        let mut plays = Plays::of_slots(list.takes().len());
        let mut under_way = Vec::new();
        for (order, one) in (0..).zip(moves) {
            match one {
                Move::Ask { ids, body, rerecords, reuses } => {
                    let (ids, request) = (vec![ids.to_string()], request(body));
                    let repeats = if reuses { Repeats::Reuse } else { Repeats::Refuse };
                    let fresh = |slot| plays.is_fresh(slot);
                    let wanted = choose_among(list.takes(), &ids, &request, fresh, repeats);
                    let found = plays.next(&list, list.alike(&ids, &request), repeats);
                    prop_assert_eq!(found, wanted);
                    let Some(slot) = found.map(|place| list.takes()[place].0) else { continue };
                    if rerecords {
                        plays.begin_rerecording(order, slot, KEY);
                        under_way.push(order);
                    } else {
                        plays.play(slot);
                    }
                }
                Move::End { which, recorded } if !under_way.is_empty() => {
                    plays.end_rerecording(under_way.remove(which.index(under_way.len())), recorded);
                }
                Move::End { .. } => {}
            }
        }
    }
}

#[test]
fn a_take_is_looked_at_once_however_many_are_played() {
    let looks = std::cell::Cell::new(0);
    let takes: Vec<Take> = (0..1000).map(|slot| (slot, take(slot as u64 + 1, 0, 0))).collect();
    let list = Arc::new(TakeList::new(KEY, takes));
    let (mut cursors, mut played) = (Cursors::default(), vec![false; 1000]);
    let alike = list.alike(&["0".to_owned()], &request(0));
    for _ in 0..1000 {
        let is_fresh = |slot: SlotId| {
            looks.set(looks.get() + 1);
            !played[slot]
        };
        let place = cursors.choose(&list, alike, is_fresh, Repeats::Refuse).unwrap();
        played[list.takes()[place].0] = true;
    }
    assert_eq!(looks.get(), 1999, "one that is next is looked at twice, before it is played and after");
}
