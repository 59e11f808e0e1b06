using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EspForge.Studio.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "espforge_audit",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Actor = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    Action = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Subject = table.Column<string>(type: "TEXT", maxLength: 160, nullable: false),
                    Detail = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    Hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_audit", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "espforge_claims",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    PairingCode = table.Column<string>(type: "TEXT", maxLength: 6, nullable: true),
                    PollTokenHash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    HardwareId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Product = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    Chip = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Board = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    AgentVersion = table.Column<string>(type: "TEXT", maxLength: 31, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    DeviceId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_claims", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "espforge_device_events",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    DeviceId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    Text = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    RolloutId = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_device_events", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "espforge_devices",
                columns: table => new
                {
                    DeviceId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Product = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    Chip = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Board = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    HardwareId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Group = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    KeyHash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: true),
                    ProtectedSecret = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: true),
                    Version = table.Column<string>(type: "TEXT", maxLength: 31, nullable: true),
                    Slot = table.Column<string>(type: "TEXT", maxLength: 1, nullable: true),
                    AgentVersion = table.Column<string>(type: "TEXT", maxLength: 31, nullable: true),
                    LastSeenAt = table.Column<long>(type: "INTEGER", nullable: true),
                    UptimeMs = table.Column<long>(type: "INTEGER", nullable: true),
                    FreeHeapBytes = table.Column<long>(type: "INTEGER", nullable: true),
                    RssiDbm = table.Column<int>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    SearchText = table.Column<string>(type: "TEXT", maxLength: 280, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_devices", x => x.DeviceId);
                });

            migrationBuilder.CreateTable(
                name: "espforge_images",
                columns: table => new
                {
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Format = table.Column<string>(type: "TEXT", maxLength: 8, nullable: false),
                    Chip = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Project = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Version = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    SizeBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    AgentVersion = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    SecureVersion = table.Column<long>(type: "INTEGER", nullable: false),
                    FileName = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    BuildId = table.Column<Guid>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedBy = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_images", x => new { x.Organization, x.Sha256 });
                });

            migrationBuilder.CreateTable(
                name: "espforge_product_sequences",
                columns: table => new
                {
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Product = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    Last = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_product_sequences", x => new { x.Organization, x.Product });
                });

            migrationBuilder.CreateTable(
                name: "espforge_releases",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Product = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    Chip = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Version = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ImageFormat = table.Column<string>(type: "TEXT", maxLength: 8, nullable: false),
                    ImageSha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ImageProject = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ImageSizeBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    ImageAgentVersion = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    ImageSecureVersion = table.Column<long>(type: "INTEGER", nullable: false),
                    ImageSignature = table.Column<byte[]>(type: "BLOB", maxLength: 512, nullable: false),
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    KeyId = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    Manifest = table.Column<byte[]>(type: "BLOB", maxLength: 2048, nullable: false),
                    IssuedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Notes = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedBy = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_releases", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "espforge_telemetry",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    DeviceId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<string>(type: "TEXT", maxLength: 31, nullable: false),
                    UptimeMs = table.Column<long>(type: "INTEGER", nullable: false),
                    FreeHeapBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    RssiDbm = table.Column<int>(type: "INTEGER", nullable: true),
                    Values = table.Column<string>(type: "TEXT", maxLength: 2048, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_telemetry", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "studio_builds",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Organization = table.Column<string>(type: "TEXT", nullable: false),
                    ProjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ProjectName = table.Column<string>(type: "TEXT", nullable: false),
                    Product = table.Column<string>(type: "TEXT", nullable: false),
                    Version = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Sandbox = table.Column<string>(type: "TEXT", nullable: true),
                    QueuedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    FinishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Messages = table.Column<string>(type: "TEXT", nullable: true),
                    ImageSha256 = table.Column<string>(type: "TEXT", nullable: true),
                    ErrorCode = table.Column<string>(type: "TEXT", nullable: true),
                    ErrorMessage = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedBy = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_builds", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "studio_organizations",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_organizations", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "studio_projects",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Organization = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Product = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    Board = table.Column<string>(type: "TEXT", nullable: false),
                    Chip = table.Column<string>(type: "TEXT", nullable: false),
                    Plan = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_projects", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "studio_users",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    DisplayName = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Disabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UserName = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    NormalizedUserName = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    Email = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    NormalizedEmail = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    EmailConfirmed = table.Column<bool>(type: "INTEGER", nullable: false),
                    PasswordHash = table.Column<string>(type: "TEXT", nullable: true),
                    SecurityStamp = table.Column<string>(type: "TEXT", nullable: true),
                    ConcurrencyStamp = table.Column<string>(type: "TEXT", nullable: true),
                    PhoneNumber = table.Column<string>(type: "TEXT", nullable: true),
                    PhoneNumberConfirmed = table.Column<bool>(type: "INTEGER", nullable: false),
                    TwoFactorEnabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    LockoutEnd = table.Column<long>(type: "INTEGER", nullable: true),
                    LockoutEnabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    AccessFailedCount = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_users", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "studio_virtual_devices",
                columns: table => new
                {
                    HardwareId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Organization = table.Column<string>(type: "TEXT", nullable: false),
                    Product = table.Column<string>(type: "TEXT", nullable: false),
                    Chip = table.Column<string>(type: "TEXT", nullable: false),
                    Board = table.Column<string>(type: "TEXT", nullable: false),
                    ClaimedFor = table.Column<Guid>(type: "TEXT", nullable: false),
                    DeviceId = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_virtual_devices", x => x.HardwareId);
                });

            migrationBuilder.CreateTable(
                name: "espforge_device_tags",
                columns: table => new
                {
                    DeviceId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Tag = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_device_tags", x => new { x.DeviceId, x.Tag });
                    table.ForeignKey(
                        name: "FK_espforge_device_tags_espforge_devices_DeviceId",
                        column: x => x.DeviceId,
                        principalTable: "espforge_devices",
                        principalColumn: "DeviceId",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "espforge_rollouts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    ReleaseId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Product = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    Chip = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Version = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Salt = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    Filter = table.Column<string>(type: "TEXT", nullable: false),
                    Stages = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    CurrentStage = table.Column<int>(type: "INTEGER", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedBy = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    Revision = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_rollouts", x => x.Id);
                    table.ForeignKey(
                        name: "FK_espforge_rollouts_espforge_releases_ReleaseId",
                        column: x => x.ReleaseId,
                        principalTable: "espforge_releases",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "studio_project_files",
                columns: table => new
                {
                    ProjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Path = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    Content = table.Column<string>(type: "TEXT", nullable: false),
                    SizeBytes = table.Column<int>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_project_files", x => new { x.ProjectId, x.Path });
                    table.ForeignKey(
                        name: "FK_studio_project_files_studio_projects_ProjectId",
                        column: x => x.ProjectId,
                        principalTable: "studio_projects",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "studio_memberships",
                columns: table => new
                {
                    UserId = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganizationId = table.Column<string>(type: "TEXT", nullable: false),
                    Role = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_memberships", x => new { x.UserId, x.OrganizationId });
                    table.ForeignKey(
                        name: "FK_studio_memberships_studio_organizations_OrganizationId",
                        column: x => x.OrganizationId,
                        principalTable: "studio_organizations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_studio_memberships_studio_users_UserId",
                        column: x => x.UserId,
                        principalTable: "studio_users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "studio_sign_ins",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    UserId = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganizationId = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ClosedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_sign_ins", x => x.Id);
                    table.ForeignKey(
                        name: "FK_studio_sign_ins_studio_users_UserId",
                        column: x => x.UserId,
                        principalTable: "studio_users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "studio_user_claims",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    UserId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ClaimType = table.Column<string>(type: "TEXT", nullable: true),
                    ClaimValue = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_user_claims", x => x.Id);
                    table.ForeignKey(
                        name: "FK_studio_user_claims_studio_users_UserId",
                        column: x => x.UserId,
                        principalTable: "studio_users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "studio_user_logins",
                columns: table => new
                {
                    LoginProvider = table.Column<string>(type: "TEXT", nullable: false),
                    ProviderKey = table.Column<string>(type: "TEXT", nullable: false),
                    ProviderDisplayName = table.Column<string>(type: "TEXT", nullable: true),
                    UserId = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_user_logins", x => new { x.LoginProvider, x.ProviderKey });
                    table.ForeignKey(
                        name: "FK_studio_user_logins_studio_users_UserId",
                        column: x => x.UserId,
                        principalTable: "studio_users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "studio_user_tokens",
                columns: table => new
                {
                    UserId = table.Column<Guid>(type: "TEXT", nullable: false),
                    LoginProvider = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_user_tokens", x => new { x.UserId, x.LoginProvider, x.Name });
                    table.ForeignKey(
                        name: "FK_studio_user_tokens_studio_users_UserId",
                        column: x => x.UserId,
                        principalTable: "studio_users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "espforge_rollout_members",
                columns: table => new
                {
                    RolloutId = table.Column<Guid>(type: "TEXT", nullable: false),
                    DeviceId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Stage = table.Column<int>(type: "INTEGER", nullable: false),
                    OfferId = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
                    State = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Percent = table.Column<int>(type: "INTEGER", nullable: true),
                    Error = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Detail = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    FromVersion = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    OfferedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    SilentFrom = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_rollout_members", x => new { x.RolloutId, x.DeviceId });
                    table.ForeignKey(
                        name: "FK_espforge_rollout_members_espforge_rollouts_RolloutId",
                        column: x => x.RolloutId,
                        principalTable: "espforge_rollouts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "studio_refresh_tokens",
                columns: table => new
                {
                    Hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    SignInId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UsedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_refresh_tokens", x => x.Hash);
                    table.ForeignKey(
                        name: "FK_studio_refresh_tokens_studio_sign_ins_SignInId",
                        column: x => x.SignInId,
                        principalTable: "studio_sign_ins",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_audit_Organization_Action_Sequence",
                table: "espforge_audit",
                columns: new[] { "Organization", "Action", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_audit_Organization_Sequence",
                table: "espforge_audit",
                columns: new[] { "Organization", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_audit_Organization_Subject_Sequence",
                table: "espforge_audit",
                columns: new[] { "Organization", "Subject", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_claims_ExpiresAt",
                table: "espforge_claims",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_espforge_claims_HardwareId",
                table: "espforge_claims",
                column: "HardwareId");

            migrationBuilder.CreateIndex(
                name: "IX_espforge_claims_PairingCode",
                table: "espforge_claims",
                column: "PairingCode",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_espforge_device_events_At",
                table: "espforge_device_events",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_espforge_device_events_DeviceId_At",
                table: "espforge_device_events",
                columns: new[] { "DeviceId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_device_tags_Tag_DeviceId",
                table: "espforge_device_tags",
                columns: new[] { "Tag", "DeviceId" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_devices_KeyHash",
                table: "espforge_devices",
                column: "KeyHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_espforge_devices_Organization_HardwareId",
                table: "espforge_devices",
                columns: new[] { "Organization", "HardwareId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_espforge_devices_Organization_Product_Chip_DeviceId",
                table: "espforge_devices",
                columns: new[] { "Organization", "Product", "Chip", "DeviceId" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_images_Organization_CreatedAt",
                table: "espforge_images",
                columns: new[] { "Organization", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_releases_Organization_CreatedAt",
                table: "espforge_releases",
                columns: new[] { "Organization", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_releases_Organization_ImageSha256",
                table: "espforge_releases",
                columns: new[] { "Organization", "ImageSha256" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_releases_Organization_Product_Chip_Version",
                table: "espforge_releases",
                columns: new[] { "Organization", "Product", "Chip", "Version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_espforge_releases_Organization_Product_Sequence",
                table: "espforge_releases",
                columns: new[] { "Organization", "Product", "Sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_espforge_rollout_members_DeviceId_State",
                table: "espforge_rollout_members",
                columns: new[] { "DeviceId", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_rollout_members_OfferId",
                table: "espforge_rollout_members",
                column: "OfferId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_espforge_rollout_members_RolloutId_Stage_Hash",
                table: "espforge_rollout_members",
                columns: new[] { "RolloutId", "Stage", "Hash" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_rollout_members_RolloutId_Stage_State_SilentFrom",
                table: "espforge_rollout_members",
                columns: new[] { "RolloutId", "Stage", "State", "SilentFrom" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_rollouts_Organization_CreatedAt",
                table: "espforge_rollouts",
                columns: new[] { "Organization", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_rollouts_Organization_Product_Chip_State",
                table: "espforge_rollouts",
                columns: new[] { "Organization", "Product", "Chip", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_rollouts_ReleaseId",
                table: "espforge_rollouts",
                column: "ReleaseId");

            migrationBuilder.CreateIndex(
                name: "IX_espforge_rollouts_State",
                table: "espforge_rollouts",
                column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_espforge_telemetry_At",
                table: "espforge_telemetry",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_espforge_telemetry_DeviceId_At",
                table: "espforge_telemetry",
                columns: new[] { "DeviceId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_studio_builds_Organization_QueuedAt",
                table: "studio_builds",
                columns: new[] { "Organization", "QueuedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_studio_builds_ProjectId_QueuedAt",
                table: "studio_builds",
                columns: new[] { "ProjectId", "QueuedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_studio_builds_State",
                table: "studio_builds",
                column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_studio_memberships_OrganizationId",
                table: "studio_memberships",
                column: "OrganizationId");

            migrationBuilder.CreateIndex(
                name: "IX_studio_projects_Organization_CreatedAt",
                table: "studio_projects",
                columns: new[] { "Organization", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_studio_refresh_tokens_SignInId",
                table: "studio_refresh_tokens",
                column: "SignInId");

            migrationBuilder.CreateIndex(
                name: "IX_studio_sign_ins_UserId_CreatedAt",
                table: "studio_sign_ins",
                columns: new[] { "UserId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_studio_user_claims_UserId",
                table: "studio_user_claims",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_studio_user_logins_UserId",
                table: "studio_user_logins",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "EmailIndex",
                table: "studio_users",
                column: "NormalizedEmail",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "UserNameIndex",
                table: "studio_users",
                column: "NormalizedUserName",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_studio_virtual_devices_Organization",
                table: "studio_virtual_devices",
                column: "Organization");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "espforge_audit");

            migrationBuilder.DropTable(
                name: "espforge_claims");

            migrationBuilder.DropTable(
                name: "espforge_device_events");

            migrationBuilder.DropTable(
                name: "espforge_device_tags");

            migrationBuilder.DropTable(
                name: "espforge_images");

            migrationBuilder.DropTable(
                name: "espforge_product_sequences");

            migrationBuilder.DropTable(
                name: "espforge_rollout_members");

            migrationBuilder.DropTable(
                name: "espforge_telemetry");

            migrationBuilder.DropTable(
                name: "studio_builds");

            migrationBuilder.DropTable(
                name: "studio_memberships");

            migrationBuilder.DropTable(
                name: "studio_project_files");

            migrationBuilder.DropTable(
                name: "studio_refresh_tokens");

            migrationBuilder.DropTable(
                name: "studio_user_claims");

            migrationBuilder.DropTable(
                name: "studio_user_logins");

            migrationBuilder.DropTable(
                name: "studio_user_tokens");

            migrationBuilder.DropTable(
                name: "studio_virtual_devices");

            migrationBuilder.DropTable(
                name: "espforge_devices");

            migrationBuilder.DropTable(
                name: "espforge_rollouts");

            migrationBuilder.DropTable(
                name: "studio_organizations");

            migrationBuilder.DropTable(
                name: "studio_projects");

            migrationBuilder.DropTable(
                name: "studio_sign_ins");

            migrationBuilder.DropTable(
                name: "espforge_releases");

            migrationBuilder.DropTable(
                name: "studio_users");
        }
    }
}
