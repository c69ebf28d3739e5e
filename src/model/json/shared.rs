//! Trees that several parts of the program ask for, one after the other, of the same text: whoever looks for secrets, for the
//! model, for what it cost, for the turns of a conversation.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use super::Json;
use super::parse::parse;

/// So many trees are kept, in each thread.
const FEW: usize = 4;

/// The tree of a longer text is not: it takes up ten times as much memory.
const LARGEST: usize = 32 << 10;

/// Texts and their trees; `None` for what is not JSON.
type Trees = VecDeque<(Box<[u8]>, Option<Arc<Json>>)>;

thread_local! {
    static TREES: RefCell<Trees> = RefCell::default();
}

/// The tree of a text, which is parsed unless somebody asked for it just now; `None` if it is not JSON.
pub(crate) fn shared(text: &[u8]) -> Option<Arc<Json>> {
    if text.len() > LARGEST {
        return parse(text).ok().map(Arc::new);
    }
    TREES.with_borrow_mut(|trees| {
        if let Some((_, tree)) = trees.iter().find(|(known, _)| **known == *text) {
            return tree.clone();
        }
        let tree = parse(text).ok().map(Arc::new);
        if trees.len() >= FEW {
            trees.pop_front();
        }
        trees.push_back((text.into(), tree.clone()));
        tree
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_one_tree_as_long_as_few_others_are_asked_for() {
        let one = shared(b"[1]").unwrap();
        assert!(Arc::ptr_eq(&one, &shared(b"[1]").unwrap()));
        assert_eq!(shared(b"[1"), None);
        for number in 0..FEW {
            assert_eq!(*shared(number.to_string().as_bytes()).unwrap(), Json::Number(number.to_string()));
        }
        let again = shared(b"[1]").unwrap();
        assert!(!Arc::ptr_eq(&one, &again) && one == again);
    }
}
