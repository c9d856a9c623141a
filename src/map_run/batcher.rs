//! `ItemBatcher`: items into batches, each the input of one child execution.

/// Gathers items until a batch is full.
#[derive(Debug)]
pub(super) struct Batcher {
    /// All of a batch before its first item.
    head: Vec<u8>,
    items_max: u64,
    bytes_max: u64,
    batch: Vec<u8>,
    items: u32,
}

/// A batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// As JSON: `{"BatchInput":…,"Items":[…]}`.
    pub(super) text: Vec<u8>,
    pub(super) items: u32,
}

impl Batcher {
    /// No bound on items unless given; bytes are bounded by what an execution's input may have.
    pub(super) fn new(
        input: Option<&[u8]>,
        items_max: Option<u64>,
        bytes_max: Option<u64>,
        payload_bytes_max: u32,
    ) -> Self {
        let mut head = vec![b'{'];
        if let Some(input) = input {
            head.extend_from_slice(b"\"BatchInput\":");
            head.extend_from_slice(input);
            head.push(b',');
        }
        head.extend_from_slice(b"\"Items\":[");
        let items_max = items_max.unwrap_or(u64::MAX).min(u64::from(u32::MAX));
        let bytes_max = bytes_max.unwrap_or(u64::MAX).min(u64::from(payload_bytes_max));
        Self { head, items_max, bytes_max, batch: Vec::new(), items: 0 }
    }

    /// Adds an item; returns the batch before it, if it does not fit in there any more. An item that is too large by
    /// itself is a batch of its own.
    pub(super) fn add(&mut self, item: &[u8]) -> Option<Batch> {
        let needed = (self.batch.len() + 1 + item.len() + 2) as u64;
        let is_full = self.items > 0 && (u64::from(self.items) >= self.items_max || needed > self.bytes_max);
        let full = if is_full { self.take() } else { None };
        if self.items == 0 {
            self.batch.extend_from_slice(&self.head);
        } else {
            self.batch.push(b',');
        }
        self.batch.extend_from_slice(item);
        self.items += 1;
        full
    }

    /// What has been gathered, if anything has.
    pub(super) fn take(&mut self) -> Option<Batch> {
        if self.items == 0 {
            return None;
        }
        let mut text = std::mem::take(&mut self.batch);
        text.extend_from_slice(b"]}");
        Some(Batch { text, items: std::mem::take(&mut self.items) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mut batcher: Batcher, items: &[&str], expected: &[&str]) {
        let mut batches: Vec<_> = items.iter().filter_map(|item| batcher.add(item.as_bytes())).collect();
        batches.extend(batcher.take());
        let count: u32 = batches.iter().map(|batch| batch.items).sum();
        assert_eq!(count as usize, items.len());
        let texts: Vec<_> = batches.iter().map(|batch| String::from_utf8_lossy(&batch.text)).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn batches_end_at_either_bound() {
        let items = ["1", "22", "333"];
        check(
            Batcher::new(None, Some(2), None, 1000),
            &items,
            &[r#"{"Items":[1,22]}"#, r#"{"Items":[333]}"#],
        );
        // `{"Items":[1,22]}` has 16 bytes.
        check(
            Batcher::new(None, None, Some(16), 1000),
            &items,
            &[r#"{"Items":[1,22]}"#, r#"{"Items":[333]}"#],
        );
        check(
            Batcher::new(None, Some(3), Some(15), 1000),
            &items,
            &[r#"{"Items":[1]}"#, r#"{"Items":[22]}"#, r#"{"Items":[333]}"#],
        );
        check(Batcher::new(None, None, None, 5), &["1"], &[r#"{"Items":[1]}"#]);
        check(
            Batcher::new(Some(b"{\"k\":1}"), None, None, 1000),
            &["1", "2"],
            &[r#"{"BatchInput":{"k":1},"Items":[1,2]}"#],
        );
        check(Batcher::new(None, Some(1), None, 1000), &[], &[]);
    }
}
