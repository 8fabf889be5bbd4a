//! Addresses of the Internet protocol, as texts that have the order of the addresses.

use std::net::{IpAddr, Ipv6Addr};
use std::ops::RangeInclusive;

/// The term of an address: 32 hexadecimal digits; `None` if it is not an address. Addresses of version 4 are those of version 6 that
/// stand for them.
pub fn ip_term(text: &str) -> Option<String> {
    text.parse().ok().map(|address| term(address_bits(address)))
}

/// The usual form of an address that is a term: `192.168.0.1`, `2001:db8::1`. Other texts stay as they are.
pub fn ip_text(term: &str) -> String {
    let Ok(bits) = u128::from_str_radix(term, 16) else { return term.to_owned() };
    let address = Ipv6Addr::from(bits);
    match address.to_ipv4_mapped() {
        Some(address) => address.to_string(),
        None => address.to_string(),
    }
}

/// The terms of the first and the last address of a network such as `192.168.0.0/16`; `None` if it is not one.
pub fn ip_range(text: &str) -> Option<RangeInclusive<String>> {
    let (first, last) = ip_network(text)?.into_inner();
    Some(term(first)..=term(last))
}

/// The bits of the first and the last address of a network; `None` if it is not one.
pub(super) fn ip_network(text: &str) -> Option<RangeInclusive<u128>> {
    let (address, length) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let length: u32 = length.parse().ok()?;
    let (width, offset) = match address {
        IpAddr::V4(_) => (32, 96),
        IpAddr::V6(_) => (128, 0),
    };
    if length > width {
        return None;
    }
    let fixed = offset + length;
    let mask = if fixed == 0 { 0 } else { u128::MAX << (128 - fixed) };
    let first = address_bits(address) & mask;
    Some(first..=first | !mask)
}

pub(super) fn address_bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn term(bits: u128) -> String {
    format!("{bits:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_have_the_order_of_addresses() {
        let addresses = ["::", "::1", "0.0.0.0", "9.1.2.3", "10.0.0.1", "192.168.0.1", "2001:db8::1", "ffff::"];
        let terms: Vec<_> = addresses.iter().map(|text| ip_term(text).expect("an address")).collect();
        assert!(terms.is_sorted(), "{terms:?}");
        assert_eq!(terms.iter().map(|term| ip_text(term)).collect::<Vec<_>>(), addresses);
        assert_eq!(ip_term("::ffff:10.0.0.1"), ip_term("10.0.0.1"));
        for text in ["", "10.0.0", "10.0.0.256", "x", "10.0.0.0/8", "1::2::3"] {
            assert_eq!(ip_term(text), None, "{text}");
        }
    }

    #[test]
    fn networks_are_ranges() {
        let range = |text: &str| ip_range(text).map(|range| (ip_text(range.start()), ip_text(range.end())));
        let pair = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
        assert_eq!(range("192.168.1.7/24"), pair("192.168.1.0", "192.168.1.255"));
        assert_eq!(range("10.1.2.3/32"), pair("10.1.2.3", "10.1.2.3"));
        assert_eq!(range("0.0.0.0/0"), pair("0.0.0.0", "255.255.255.255"));
        assert_eq!(range("2001:db8::/32"), pair("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
        for text in ["10.0.0.0", "10.0.0.0/33", "::/129", "x/8", "10.0.0.0/-1", "10.0.0.0/x"] {
            assert_eq!(range(text), None, "{text}");
        }
    }
}
