//! Checks passwords. Hashing one takes long on purpose, so those that were right are remembered for a while, and few are hashed at a
//! time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, anyhow};
use argon2::Argon2;
use argon2::password_hash::PasswordVerifier;
use quidditch_clock::{Clock, SystemClock};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::credentials::{Credential, password_hash};

/// How long a right password is remembered. 5 min: who was removed from the file is known until the server is restarted anyway.
const REMEMBERED: Duration = Duration::from_secs(300);

/// Most passwords that are remembered: one for each user.
const MAX_REMEMBERED: usize = 1_000;

/// How many passwords are hashed at a time.
const HASHED_AT_A_TIME: usize = 1;

/// Users with the hashes of their passwords.
pub(in crate::serve) struct Passwords {
    users: Vec<Credential>,
    /// Compared with the password of an unknown user, so that the answer takes as long as for a known one.
    dummy: String,
    /// Makes digests useless outside of this process.
    key: [u8; 32],
    /// When each right name and password was checked last, by their digest.
    remembered: Mutex<HashMap<[u8; 32], (usize, Duration)>>,
    /// Passwords that are hashed at a time: each takes 19 MiB of memory and a core for some 20 ms, and guessing must not take all.
    hashing: Semaphore,
    clock: SystemClock,
}

impl Passwords {
    pub(super) fn new(users: Vec<Credential>) -> Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| anyhow!("the system provides no random numbers: {error}"))?;
        let dummy = password_hash("no user has this password")?;
        let (remembered, hashing) = (Mutex::default(), Semaphore::new(HASHED_AT_A_TIME));
        Ok(Passwords { users, dummy, key, remembered, hashing, clock: SystemClock::default() })
    }

    /// The user with this name and password. Passwords are hashed on threads that may block.
    pub(super) async fn check(&self, name: &str, password: &str) -> Option<&Credential> {
        let digest = self.digest(name, password);
        let now = self.clock.monotonic();
        if let Some((user, checked)) = self.remembered().get(&digest)
            && now.saturating_sub(*checked) < REMEMBERED
        {
            return self.users.get(*user);
        }
        let user = self.users.iter().position(|user| user.name == name);
        let hash = user.map_or(&self.dummy, |user| &self.users[user].secret).clone();
        let password = password.to_owned();
        let _permit = self.hashing.acquire().await.ok()?;
        let verify = move || Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok();
        let is_right = spawn_blocking(verify).await.unwrap_or(false);
        let user = user.filter(|_| is_right)?;
        let mut remembered = self.remembered();
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(digest, (user, now));
        self.users.get(user)
    }

    fn digest(&self, name: &str, password: &str) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(self.key);
        hasher.update(name.len().to_le_bytes());
        hasher.update(name);
        hasher.update(password);
        hasher.finalize().into()
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], (usize, Duration)>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
