namespace EspForge;

/// <summary>
/// What is to be written into the audit log about one mutation. Every store method that changes something takes one and writes it in the
/// same transaction as the change, so that a mutation without an entry does not compile.
/// </summary>
/// <param name="Actor">Who: <c>user:ID</c>, <c>device:ID</c>, <c>key:ID</c> or <c>system:WORKER</c>. At most 128 characters.</param>
/// <param name="Action">What, as <c>noun.verb</c>: <c>release.create</c>, <c>rollout.pause</c>. At most 64 characters.</param>
/// <param name="Subject">On what: <c>noun:ID</c>. At most 160 characters.</param>
/// <param name="Detail">Why or how, as a sentence. No secrets. At most 2,000 characters; longer text is cut.</param>
public sealed record AuditDraft(string Actor, string Action, string Subject, string? Detail = null);
