//! Job files: HCL2 and JSON text in, draft job and located diagnostics out.
