namespace EspForge.AspNetCore;

/// <summary>Every JSON answer of the people's API.</summary>
/// <typeparam name="T">What is asked for.</typeparam>
/// <param name="Success">Whether <paramref name="Data"/> is the answer.</param>
/// <param name="Data">The answer; <see langword="null"/> on failure.</param>
/// <param name="Error">Why not; <see langword="null"/> on success.</param>
/// <param name="Meta">About the request.</param>
public sealed record ApiEnvelope<T>(bool Success, T? Data, ApiError? Error, ApiMeta Meta);

/// <summary>Why a request was refused.</summary>
/// <param name="Code">Stable, upper-case, words joined by <c>_</c>.</param>
/// <param name="Message">A sentence a person can act on.</param>
/// <param name="Details">What is wrong with which field.</param>
public sealed record ApiError(string Code, string Message, IReadOnlyList<ApiDetail>? Details);

/// <summary>What is wrong with one field.</summary>
/// <param name="Field">The field, as sent: <c>stages[1].percent</c>.</param>
/// <param name="Message">What is wrong with it, as a sentence.</param>
public sealed record ApiDetail(string Field, string Message);

/// <summary>About the request.</summary>
/// <param name="RequestId">The request's id, also in <c>X-Request-Id</c>.</param>
/// <param name="Timestamp">When it was answered.</param>
/// <param name="Version">Version of the API: <c>v1</c>.</param>
public sealed record ApiMeta(string RequestId, DateTimeOffset Timestamp, string Version);
