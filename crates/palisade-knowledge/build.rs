//! Builds anew when an entry of the catalogue is added: embedding alone notices changed files only.

fn main() {
    println!("cargo::rerun-if-changed=../../knowledge");
}
