//! The command line of nomadctl.
