//! Whether requests and answers are the same, how they differ, and the rules of the user.

pub(crate) mod answer_to;
pub(crate) mod difference;
pub(crate) mod nearest;
pub(crate) mod old_ids;
pub(crate) mod redacted_forms;
pub(crate) mod request_key;
pub(crate) mod same_answer;
pub(crate) mod user_rules;
