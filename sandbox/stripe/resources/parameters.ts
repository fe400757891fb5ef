const names = (text: string): string[] => text.trim().split(/\s+/);

/*
 * The top-level parameters of the SDK's own `…Params` types (stripe 23.1). A parameter that is not here is rejected as unknown;
 * one that is here and is read by no handler (tax, Connect, …) is rejected with `sandbox_not_modelled`.
 */
export const customerParams = names(`
  address balance business_name cash_balance description email individual_name invoice_prefix invoice_settings metadata
  name next_invoice_sequence phone preferred_locales shipping source tax tax_exempt validate`);

export const customerCreateParams = [...customerParams, ...names('payment_method tax_id_data test_clock')];
export const customerUpdateParams = [...customerParams, 'default_source'];

const subscriptionParams = names(`
  add_invoice_items application_fee_percent automatic_tax billing_cycle_anchor billing_schedules billing_thresholds
  cancel_at cancel_at_period_end collection_method days_until_due default_payment_method default_source
  default_tax_rates description discounts invoice_settings items metadata off_session on_behalf_of payment_behavior
  payment_settings pending_invoice_item_interval proration_behavior transfer_data trial_end trial_from_plan
  trial_settings`);

export const subscriptionCreateParams = [
  ...subscriptionParams,
  ...names('backdate_start_date billing_cycle_anchor_config billing_mode currency customer customer_account'),
  'trial_period_days',
];
export const subscriptionUpdateParams = [
  ...subscriptionParams,
  ...names('cancellation_details pause_collection proration_date'),
];
export const subscriptionListParams = names(`
  automatic_tax collection_method current_period_end current_period_start customer customer_account plan price status
  test_clock`);
export const subscriptionCancelParams = names('cancellation_details invoice_now prorate');
export const subscriptionResumeParams = names(`
  billing_cycle_anchor payment_behavior proration_behavior proration_date`);

export const scheduleCreateParams = names(`
  billing_mode customer customer_account default_settings end_behavior from_subscription metadata phases start_date`);

export const checkoutCreateParams = names(`
  adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types automatic_tax
  billing_address_collection branding_settings cancel_url client_reference_id consent_collection currency custom_fields
  custom_text customer customer_account customer_creation customer_email customer_update discounts
  excluded_payment_method_types expires_at integration_identifier invoice_creation line_items locale managed_payments
  metadata mode name_collection optional_items origin_context payment_intent_data payment_method_collection
  payment_method_configuration payment_method_data payment_method_options permissions phone_number_collection
  redirect_on_completion return_url saved_payment_method_options setup_intent_data shipping_address_collection
  shipping_options submit_type subscription_data success_url tax_id_collection ui_mode wallet_options`);
export const checkoutListParams = names(`
  customer customer_account customer_details payment_intent payment_link status subscription`);
export const portalCreateParams = names(`
  after_expiration configuration customer customer_account flow_data locale on_behalf_of return_url`);

export const refundCreateParams = names(`
  amount charge currency customer instructions_email metadata origin payment_intent reason refund_application_fee
  reverse_transfer`);
export const priceListParams = names('active currency lookup_keys product recurring type');
export const productListParams = names('active ids shippable type url');
export const invoiceListParams = names('collection_method customer customer_account due_date status subscription');
