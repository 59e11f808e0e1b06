using System.ComponentModel.DataAnnotations;
using System.Security.Claims;

namespace EspForge.AspNetCore;

/// <summary>How a host serves devices and people. Validated when the host starts.</summary>
public sealed class EspForgeOptions
{
    /// <summary>Folder for keys and images. Created at start, readable by the host's user only.</summary>
    /// <value>The default is <c>data</c>, relative to the working directory.</value>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>The organization of a caller; <see langword="null"/> reads the claim <c>org</c> and takes <c>default</c> where there is none.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Func<ClaimsPrincipal, string>? Organization { get; set; }

    /// <summary>Life of the token a device gets for its key.</summary>
    /// <value>1 minute … 1 day; the default is 1 hour.</value>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan DeviceTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A device not heard of for this long is offline.</summary>
    /// <value>5 seconds … 7 days; the default is 90 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:05", "7.00:00:00")]
    public TimeSpan OfflineAfter { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a pairing code can be typed in.</summary>
    /// <value>1 minute … 1 hour; the default is 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan ClaimLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a device asks whether its code was typed in.</summary>
    /// <value>100 milliseconds … 1 minute; the default is 2 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ClaimPollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Claims one address (IPv4, or IPv6 /64) may begin in a minute.</summary>
    /// <value>1 … 100,000; the default is 20.</value>
    [Range(1, 100_000)]
    public int ClaimsPerAddressPerMinute { get; set; } = 20;

    /// <summary>Polls and refused credentials one address may send in a minute.</summary>
    /// <value>1 … 1,000,000; the default is 1,200.</value>
    [Range(1, 1_000_000)]
    public int UnprovenRequestsPerAddressPerMinute { get; set; } = 1_200;

    /// <summary>Claims that may wait for a person at once, over all addresses.</summary>
    /// <value>1 … 10,000; the default is 1,000.</value>
    [Range(1, 10_000)]
    public int MaxOpenClaims { get; set; } = 1_000;

    /// <summary>Wrong pairing codes a person may type in ten minutes.</summary>
    /// <value>1 … 100; the default is 10.</value>
    [Range(1, 100)]
    public int WrongPairingCodesPerTenMinutes { get; set; } = 10;

    /// <summary>Requests a device may send in a minute.</summary>
    /// <value>1 … 100,000; the default is 600.</value>
    [Range(1, 100_000)]
    public int RequestsPerDevicePerMinute { get; set; } = 600;

    /// <summary>Largest telemetry batch, in bytes.</summary>
    /// <value>256 … 1,048,576; the default is 65,536.</value>
    [Range(256, 1_048_576)]
    public int MaxTelemetryBytes { get; set; } = 65_536;

    /// <summary>How long telemetry is kept.</summary>
    /// <value>1 hour … 10 years; the default is 30 days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan TelemetryRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long the timeline of a device is kept.</summary>
    /// <value>1 hour … 10 years; the default is 365 days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan TimelineRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Largest JSON body of the people's API, in bytes.</summary>
    /// <value>1,024 … 16,777,216; the default is 1,048,576.</value>
    [Range(1_024, 16_777_216)]
    public int MaxRequestBytes { get; set; } = 1_048_576;

    /// <summary>How long the answer to a request with an <c>Idempotency-Key</c> is kept.</summary>
    /// <value>1 minute … 30 days; the default is 24 hours.</value>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan IdempotencyRetention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Idempotency keys kept of one account at a time.</summary>
    /// <value>1 … 1,000,000; the default is 10,000.</value>
    [Range(1, 1_000_000)]
    public int IdempotencyKeysPerAccount { get; set; } = 10_000;

    /// <summary>Largest image, in bytes.</summary>
    /// <value>1,024 … 268,435,456; the default is 16,777,216.</value>
    [Range(typeof(long), "1024", "268435456")]
    public long MaxImageBytes { get; set; } = 16_777_216;

    /// <summary>How long a search for pins (<c>pins/solve</c>, <c>pins/port</c>) may take before it is given up.</summary>
    /// <value>1 millisecond … 1 minute; the default is 3 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan PinSearchTimeLimit { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often rollouts are looked at.</summary>
    /// <value>100 milliseconds … 1 hour; the default is 1 second.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan RolloutInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Root of a device's topics; <c>{deviceId}</c> stands for its id.</summary>
    /// <value>The default is <c>espforge/{deviceId}</c>.</value>
    [Required]
    [StringLength(96)]
    [RegularExpression(@"[^#+\x00]*\{deviceId\}[^#+\x00]*")]
    public string TopicRoot { get; set; } = "espforge/{deviceId}";

    /// <summary>HTTP statuses of fault codes a host adds (<c>build-limit</c> → 409). Where a code is not named, its ending decides (see <c>ApiResults</c>).</summary>
    public IDictionary<string, int> FaultStatuses { get; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>The folder of the keys.</summary>
    internal string KeyDirectory => Path.Combine(DataDirectory, "keys");
}
