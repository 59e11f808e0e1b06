using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>The limits of what comes in from devices, each over a minute.</summary>
internal sealed class RateLimits(IOptions<EspForgeOptions> options) : IDisposable
{
    /// <summary>Begun claims, per address.</summary>
    public RateLimit Claims { get; } = new(options.Value.ClaimsPerAddressPerMinute, Address);

    /// <summary>Polls of claims and refused credentials, per address.</summary>
    public RateLimit Unproven { get; } = new(options.Value.UnprovenRequestsPerAddressPerMinute, Address);

    /// <summary>Everything else, per device.</summary>
    public RateLimit Devices { get; } = new(options.Value.RequestsPerDevicePerMinute, context => DeviceCaller.Of(context.User)?.DeviceId ?? Address(context));

    public static Fault Fault { get; } = new("rate-limited", "Too many requests. Wait as long as Retry-After says.");

    public void Dispose()
    {
        Claims.Dispose();
        Unproven.Dispose();
        Devices.Dispose();
    }

    /// <summary>The IPv4 address, or the /64 of an IPv6 one: a household has that many addresses to itself.</summary>
    internal static string Address(HttpContext context) => Address(context.Connection.RemoteIpAddress);

    internal static string Address(IPAddress? address)
    {
        if (address is null)
            return "none";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily is AddressFamily.InterNetworkV6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}

/// <summary>One limit: so many requests a minute for each partition.</summary>
internal sealed class RateLimit(int perMinute, Func<HttpContext, string> partition) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(
        key => RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = perMinute,
            Window = TimeSpan.FromMinutes(1),
            QueueLimit = 0,
        }), StringComparer.Ordinal);

    /// <summary><see langword="null"/> when the request is within the limit, else how long to wait.</summary>
    public TimeSpan? TryTake(HttpContext context)
    {
        using var lease = _limiter.AttemptAcquire(partition(context));
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > TimeSpan.Zero ? wait : TimeSpan.FromMinutes(1);
    }

    public void Dispose() => _limiter.Dispose();
}

/// <summary>Puts limits on endpoints.</summary>
public static class DeviceEndpointConventions
{
    /// <summary>Only devices may call, each at most <see cref="EspForgeOptions.RequestsPerDevicePerMinute"/> times a minute; the handler may take a <see cref="DeviceCaller"/>.</summary>
    public static TBuilder RequireDevice<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(DeviceAuthentication.Policy).Limit(limits => limits.Devices);

    /// <summary>Refuses a request beyond the limit before its body is read.</summary>
    internal static TBuilder Limit<TBuilder>(this TBuilder builder, Func<RateLimits, RateLimit> which)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            var next = endpoint.RequestDelegate ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{endpoint.DisplayName} has no delegate to limit."));
            endpoint.RequestDelegate = context =>
                which(context.RequestServices.GetRequiredService<RateLimits>()).TryTake(context) is { } wait
                    ? DeviceProblem.WriteAsync(context, StatusCodes.Status429TooManyRequests, RateLimits.Fault, retryAfter: wait)
                    : next(context);
        });
        return builder;
    }
}
