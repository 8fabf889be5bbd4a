//! The objects of one bucket, and its unfinished uploads in parts.
//!
//! As S3 documents: an object's entity tag is the MD5 of its bytes, or the MD5 of its parts' MD5s with the number of parts;
//! conditions are checked at the time of the write; listings are sorted by the bytes of the keys.

use std::collections::BTreeMap;
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{Checksum, CompletedPart, ETag, ETagCondition};
use s3s::{S3Result, s3_error};

/// The objects of one bucket, by key.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    objects: BTreeMap<String, StoredObject>,
    uploads: BTreeMap<String, Upload>,
    /// The number of uploads so far, from which ids are made.
    uploads_created: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct StoredObject {
    pub(crate) bytes: Bytes,
    pub(crate) etag: String,
    pub(crate) checksum: Checksum,
    pub(crate) modified: SystemTime,
}

#[derive(Debug)]
struct Upload {
    key: String,
    /// Whether the complete object has a CRC-32.
    checksum: WholeChecksum,
    parts: BTreeMap<i32, StoredObject>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WholeChecksum {
    Crc32,
    None,
}

/// The condition of a write.
#[derive(Debug, Default)]
pub(crate) struct WriteCondition {
    pub(crate) if_match: Option<ETagCondition>,
    pub(crate) if_none_match: Option<ETagCondition>,
}

/// One page of a listing.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<(String, StoredObject)>,
    pub(crate) folders: Vec<String>,
    /// The last key or folder of this page if there are more pages.
    pub(crate) last: Option<String>,
}

impl StoredObject {
    pub(crate) fn new(bytes: Bytes, checksum: Checksum) -> Self {
        let etag = hexadecimal(&Md5::checksum(&bytes));
        StoredObject { bytes, etag, checksum, modified: SystemTime::now() }
    }
}

impl Bucket {
    pub(crate) fn get(&self, key: &str) -> S3Result<StoredObject> {
        self.objects.get(key).cloned().ok_or_else(|| s3_error!(NoSuchKey))
    }

    pub(crate) fn put(&mut self, key: &str, object: StoredObject, condition: &WriteCondition) -> S3Result<()> {
        condition.check(self.objects.get(key))?;
        self.objects.insert(key.to_owned(), object);
        Ok(())
    }

    pub(crate) fn delete(&mut self, key: &str) {
        self.objects.remove(key);
    }

    /// The first `limit` keys and folders after `after` that begin with `prefix`. Without a delimiter, there are no folders.
    pub(crate) fn list(&self, prefix: &str, delimiter: Option<&str>, after: Option<&str>, limit: usize) -> Page {
        let mut page = Page::default();
        let matching = self.objects.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        for (key, object) in matching {
            let folder = delimiter.and_then(|delimiter| {
                let end = prefix.len() + key[prefix.len()..].find(delimiter)? + delimiter.len();
                Some(&key[..end])
            });
            let name = folder.unwrap_or(key);
            let is_listed =
                after.is_some_and(|after| name <= after) || page.folders.last().is_some_and(|last| last == name);
            if is_listed {
                continue;
            }
            if page.objects.len() + page.folders.len() == limit {
                let last_key = page.objects.last().map(|(key, _)| key);
                page.last = last_key.max(page.folders.last()).cloned();
                break;
            }
            match folder {
                Some(folder) => page.folders.push(folder.to_owned()),
                None => page.objects.push((key.clone(), object.clone())),
            }
        }
        page
    }

    pub(crate) fn create_upload(&mut self, key: &str, checksum: WholeChecksum) -> String {
        self.uploads_created += 1;
        let id = format!("upload-{}", self.uploads_created);
        self.uploads.insert(id.clone(), Upload { key: key.to_owned(), checksum, parts: BTreeMap::new() });
        id
    }

    pub(crate) fn put_part(&mut self, id: &str, key: &str, number: i32, part: StoredObject) -> S3Result<()> {
        let upload = self.uploads.get_mut(id).filter(|upload| upload.key == key);
        upload.ok_or_else(|| s3_error!(NoSuchUpload))?.parts.insert(number, part);
        Ok(())
    }

    /// Creates an object from the parts that the request names. All but the last must have at least `min_part_bytes`.
    pub(crate) fn complete_upload(
        &mut self,
        id: &str,
        key: &str,
        named: &[CompletedPart],
        condition: &WriteCondition,
        min_part_bytes: usize,
    ) -> S3Result<StoredObject> {
        let upload = self.uploads.get(id).filter(|upload| upload.key == key).ok_or_else(|| s3_error!(NoSuchUpload))?;
        let object = upload.join(named, min_part_bytes)?;
        condition.check(self.objects.get(key))?;
        self.objects.insert(key.to_owned(), object.clone());
        self.uploads.remove(id);
        Ok(object)
    }

    pub(crate) fn abort_upload(&mut self, id: &str) -> S3Result<()> {
        self.uploads.remove(id).map(|_| ()).ok_or_else(|| s3_error!(NoSuchUpload))
    }

    pub(crate) fn unfinished_uploads(&self) -> usize {
        self.uploads.len()
    }
}

impl Upload {
    fn join(&self, named: &[CompletedPart], min_part_bytes: usize) -> S3Result<StoredObject> {
        let mut bytes = BytesMut::new();
        let mut digests = Md5::new();
        let mut previous = 0;
        for (index, name) in named.iter().enumerate() {
            let number = name.part_number.unwrap_or_default();
            if number <= previous {
                return Err(s3_error!(InvalidPartOrder));
            }
            previous = number;
            let named_etag = name.e_tag.as_ref().map(ETag::value);
            let part = self.parts.get(&number).filter(|part| named_etag == Some(part.etag.as_str()));
            let part = part.ok_or_else(|| s3_error!(InvalidPart))?;
            if index + 1 < named.len() && part.bytes.len() < min_part_bytes {
                return Err(s3_error!(EntityTooSmall));
            }
            bytes.extend_from_slice(&part.bytes);
            digests.update(&Md5::checksum(&part.bytes));
        }
        if named.is_empty() {
            return Err(s3_error!(MalformedXML));
        }
        let mut hasher = ChecksumHasher::default();
        if self.checksum == WholeChecksum::Crc32 {
            hasher.crc32 = Some(s3s::crypto::Crc32::default());
        }
        hasher.update(&bytes);
        let etag = format!("{}-{}", hexadecimal(&digests.finalize()), named.len());
        Ok(StoredObject { bytes: bytes.freeze(), etag, checksum: hasher.finalize(), modified: SystemTime::now() })
    }
}

impl WriteCondition {
    fn check(&self, existing: Option<&StoredObject>) -> S3Result<()> {
        if let Some(condition) = &self.if_none_match {
            if !condition.is_any() {
                return Err(s3_error!(NotImplemented, "If-None-Match of a write accepts only *"));
            }
            if existing.is_some() {
                return Err(s3_error!(
                    PreconditionFailed,
                    "At least one of the pre-conditions you specified did not hold"
                ));
            }
        }
        if let Some(condition) = &self.if_match {
            let Some(existing) = existing else { return Err(s3_error!(NoSuchKey)) };
            let matches = condition.is_any() || condition.as_etag().is_some_and(|etag| etag.value() == existing.etag);
            if !matches {
                return Err(s3_error!(
                    PreconditionFailed,
                    "At least one of the pre-conditions you specified did not hold"
                ));
            }
        }
        Ok(())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn bucket(keys: &BTreeSet<String>) -> Bucket {
        let mut bucket = Bucket::default();
        for key in keys {
            let object = StoredObject::new(Bytes::new(), Checksum::default());
            bucket.put(key, object, &WriteCondition::default()).expect("no condition");
        }
        bucket
    }

    proptest! {
        /// Compares with splitting the keys at the delimiter.
        #[test]
        fn the_pages_contain_the_whole_listing(
            keys in prop::collection::btree_set("[ab/-]{1,5}", 0..30),
            prefix in "[ab/-]{0,2}",
            by_folder: bool,
            limit in 1_usize..5,
        ) {
            let bucket = bucket(&keys);
            let delimiter = by_folder.then_some("/");
            let (mut listed, mut after) = (Vec::new(), None);
            loop {
                let page = bucket.list(&prefix, delimiter, after.as_deref(), limit);
                prop_assert!(page.objects.len() + page.folders.len() <= limit);
                let mut names: Vec<_> = page.objects.into_iter().map(|(key, _)| key).chain(page.folders).collect();
                names.sort_unstable();
                listed.extend(names);
                after = page.last;
                if after.is_none() {
                    break;
                }
            }

            let matching = keys.iter().filter_map(|key| key.strip_prefix(&prefix));
            let names = matching.map(|rest| match rest.split_once('/') {
                Some((folder, _)) if by_folder => format!("{prefix}{folder}/"),
                _ => format!("{prefix}{rest}"),
            });
            let expected: BTreeSet<_> = names.collect();
            prop_assert_eq!(listed, expected.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn entity_tags_are_those_of_s3() {
        let object = StoredObject::new(Bytes::from_static(b"hello"), Checksum::default());
        assert_eq!(object.etag, "5d41402abc4b2a76b9719d911017c592");
    }
}
